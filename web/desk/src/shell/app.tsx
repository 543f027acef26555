/** The desk: what is shown to whom. */

import { type ComponentType, type VNode } from "preact";
import { lazy, Suspense } from "preact/compat";
import { useEffect } from "preact/hooks";

import { signInIsOver } from "../api/http.js";
import { t } from "../texts/index.js";
import { Enrolment } from "./enrolment.js";
import { homeOf, type DeskPage, type PageProps, PAGES, pagesSeen } from "./pages.js";
import { Rail } from "./rail.js";
import { go, match, path } from "./route.js";
import { look, may, me, unreachable } from "./session.js";
import { SignInAgain, SignInPage } from "./sign-in.js";
import { Button, Empty, Loading } from "./ui/index.js";
import { Questions } from "./ui/dialog.js";
import { Toasts } from "./ui/toast.js";

const FirstSetUp = lazy<ComponentType>(() => import("../admin/setup-page.js"));

/** Everything. */
export function App(): VNode {
  return (
    <>
      <Inside />
      <Questions />
      <Toasts />
    </>
  );
}

function Inside(): VNode {
  if (unreachable.value) {
    return (
      <Empty icon="offline" title={t("problem-network")}>
        <Button onClick={() => void look()}>{t("try-again")}</Button>
      </Empty>
    );
  }
  if (me.value === undefined) {
    if (path.value === "/setup") {
      return (
        <Suspense fallback={<Loading label={t("loading")} />}>
          <FirstSetUp />
        </Suspense>
      );
    }
    return <SignInPage />;
  }
  if (me.value.mustEnrol) {
    return <Enrolment />;
  }
  return (
    <div class="desk">
      <Rail />
      <main class="main" id="main" tabIndex={-1}>
        <Current />
      </main>
      {signInIsOver.value && <SignInAgain />}
    </div>
  );
}

/** The page of the address. */
function Current(): VNode {
  const place = path.value;
  const found = PAGES.map((page) => ({ page, values: match(page.path, place) })).find(({ values }) => values);
  const home = pagesSeen()[0];
  const isHome = place === "/";
  useEffect(() => {
    if (isHome && home) {
      go(homeOf(home), { replace: true });
    }
  }, [isHome, home]);
  const name = found?.page.name;
  const title = name === undefined ? "Frontdesk" : `${t(name)} · Frontdesk`;
  useEffect(() => {
    document.title = title;
  }, [title]);
  if (isHome && home) {
    return <Loading label={t("loading")} />;
  }
  // What somebody may not see looks as if it were not there.
  if (!found?.values || !may(...found.page.needs)) {
    return <Empty icon="search" title={t("problem-not-found")} />;
  }
  const Body = bodyOf(found.page);
  return (
    <Suspense fallback={<Loading label={t("loading")} />}>
      <Body values={found.values} />
    </Suspense>
  );
}

const bodies = new Map<string, ComponentType<PageProps>>();

function bodyOf(page: DeskPage): ComponentType<PageProps> {
  const made = bodies.get(page.path) ?? lazy<ComponentType<PageProps>>(() => page.load());
  bodies.set(page.path, made);
  return made;
}
