/** The way between pages, and what is one's own. */

import { type ComponentChildren, type VNode } from "preact";

import { RailStatus } from "../agent/rail-status.js";
import { LANGUAGE_NAMES, LANGUAGES, speak, t, words } from "../texts/index.js";
import { type DeskPage, homeOf, pagesSeen } from "./pages.js";
import { go, match, path } from "./route.js";
import { me, signOut } from "./session.js";
import { chooseTheme, themeChoice } from "./theme.js";
import { Avatar, Icon, Link, Menu } from "./ui/index.js";

const PARTS = ["agent", "supervisor", "admin"] as const;

/** The rail. */
export function Rail(): VNode {
  const pages = pagesSeen();
  return (
    <nav class="rail" aria-label={t("pages")}>
      <span class="rail-mark" aria-hidden="true">
        <Icon name="message" />
      </span>
      <div class="rail-pages">
        {PARTS.map((part) => {
          const here = pages.filter((page) => page.rail === part);
          return here.length === 0 ? null : (
            <ul key={part} class="rail-part" aria-label={t(`part-${part}`)}>
              {here.map((page) => (
                <li key={page.path}>
                  <RailLink page={page} />
                </li>
              ))}
            </ul>
          );
        })}
      </div>
      <RailStatus />
      <OwnMenu />
    </nav>
  );
}

function RailLink({ page, children }: { page: DeskPage; children?: ComponentChildren }): VNode {
  const isHere = match(page.path, path.value) !== undefined;
  return (
    <Link
      to={homeOf(page)}
      class="rail-link"
      aria-current={isHere ? "page" : undefined}
      aria-label={t(page.name)}
      title={t(page.name)}
    >
      <Icon name={page.icon} />
      <span class="rail-name">{t(page.name)}</span>
      {children}
    </Link>
  );
}

function OwnMenu(): VNode {
  const who = me.value;
  const choice = themeChoice.value;
  return (
    <Menu
      label={t("own-menu", { name: who?.nickname ?? "" })}
      class="rail-own"
      placement="right-end"
      entries={[
        ...(["system", "light", "dark"] as const).map((name) => ({
          id: `theme-${name}`,
          label: t(`theme-${name}`),
          icon:
            name === "dark" ? ("moon" as const) : name === "light" ? ("sun" as const) : ("monitor" as const),
          checked: choice === name,
          act: () => {
            chooseTheme(name);
          },
        })),
        "line",
        ...LANGUAGES.map((language) => ({
          id: `language-${language}`,
          label: LANGUAGE_NAMES[language],
          checked: words.value.language === language,
          act: () => void speak(language, true),
        })),
        "line",
        {
          id: "account",
          label: t("page-account"),
          icon: "user" as const,
          act: () => {
            go("/account");
          },
        },
        { id: "sign-out", label: t("sign-out"), icon: "sign-out", act: () => void signOut() },
      ]}
    >
      <Avatar name={who?.nickname ?? "?"} />
    </Menu>
  );
}
