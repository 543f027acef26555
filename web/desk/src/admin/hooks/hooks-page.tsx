/** Web hooks: where messages are pushed, what came of it, and sending again. */

import "../admin.css";

import { type VNode } from "preact";
import { useEffect, useState } from "preact/hooks";

import { get, post, Problem, type Schemas, segment } from "../../api/index.js";
import { type PageProps } from "../../shell/pages.js";
import { may } from "../../shell/session.js";
import {
  Badge,
  Button,
  Card,
  Empty,
  Icon,
  Link,
  Loading,
  Notice,
  Page,
  say,
  sayProblem,
  Table,
} from "../../shell/ui/index.js";
import { t } from "../../texts/index.js";
import { at, idOf, type Item, nameOf, readItem, textOf, useItems } from "../config.js";
import { Log, Replay } from "./deliveries.js";
import { SetUp } from "./set-up.js";

const ASK_AGAIN_MS = 5_000;

export default function HooksPage({ values }: PageProps): VNode {
  const id = values["id"];
  return id === undefined ? <Hooks /> : <Hook key={id} id={id} />;
}

function Hooks(): VNode {
  const { items } = useItems("channels", may("config.read"));
  return (
    <Page title={t("page-hooks")} about={t("hooks-about")}>
      {items === undefined ? (
        <Loading label={t("loading")} />
      ) : items.length === 0 ? (
        <Empty icon="webhook" title={t("none-channels")} />
      ) : (
        <section class="card flush">
          <Table
            label={t("page-hooks")}
            rows={items}
            idOf={idOf}
            columns={[
              {
                title: t("a-channel"),
                cell: (item) => (
                  <Link to={`/hooks/${encodeURIComponent(idOf(item))}`} class="item-link">
                    <strong>{nameOf(item)}</strong>
                    <span class="hint block">{idOf(item)}</span>
                  </Link>
                ),
              },
              { title: t("hook-address"), cell: (item) => textOf(at(item, "push.base_url")) || "–" },
              {
                title: t("status"),
                cell: (item) =>
                  item["push"] == null ? (
                    <Badge>{t("hook-off")}</Badge>
                  ) : at(item, "push.paused") === true ? (
                    <Badge tone="warn">{t("hook-paused")}</Badge>
                  ) : (
                    <Badge tone="ok">{t("hook-on")}</Badge>
                  ),
              },
            ]}
          />
        </section>
      )}
    </Page>
  );
}

function Hook({ id }: { id: string }): VNode {
  const [item, setItem] = useState<Item>();
  const [answer, setAnswer] = useState<Schemas["Deliveries"]>();
  const [isOff, setOff] = useState(false);
  const [asking, setAsking] = useState<"replay" | "edit">();
  const [tested, setTested] = useState<Schemas["TestAnswer"]>();
  const path = `/push/${segment(id)}`;
  const ask = async (): Promise<void> => {
    try {
      setAnswer(await get<Schemas["Deliveries"]>(`${path}/deliveries`, { limit: 100 }));
      setOff(false);
    } catch (error) {
      if (error instanceof Problem && error.status === 404) {
        setOff(true);
      } else {
        throw error;
      }
    }
  };
  const load = async (): Promise<void> => {
    const read = await readItem("channels", id);
    setItem(read.item);
    await ask();
  };
  useEffect(() => {
    void load().catch(sayProblem);
    const timer = setInterval(() => void ask().catch(() => undefined), ASK_AGAIN_MS);
    return () => {
      clearInterval(timer);
    };
  }, [id]);
  const act = async (what: "pause" | "resume"): Promise<void> => {
    try {
      await post(`${path}/${what}`);
      say(t(`hook-${what}d`));
      await load();
    } catch (error) {
      sayProblem(error);
    }
  };
  const test = async (): Promise<void> => {
    setTested(undefined);
    try {
      setTested(await post<Schemas["TestAnswer"]>(`${path}/test`));
      await ask();
    } catch (error) {
      sayProblem(error);
    }
  };
  return (
    <Page
      title={item === undefined ? t("page-hooks") : nameOf(item)}
      about={item === undefined ? id : textOf(at(item, "push.base_url")) || t("hook-off")}
      actions={
        <>
          <Link to="/hooks" class="btn plain">
            <Icon name="back" mirrored />
            {t("go-back")}
          </Link>
          {may("config.write") && (
            <Button
              icon="edit"
              onClick={() => {
                setAsking("edit");
              }}
            >
              {t("hook-set-up")}
            </Button>
          )}
        </>
      }
    >
      {isOff && (
        <section class="card">
          <Empty icon="webhook" title={t("hook-off-about")} />
        </section>
      )}
      {!isOff && answer && (
        <>
          <Card
            title={t("hook-look-after")}
            actions={
              <>
                <Button icon="zap" onClick={() => void test()}>
                  {t("hook-test")}
                </Button>
                <Button
                  icon="retry"
                  onClick={() => {
                    setAsking("replay");
                  }}
                >
                  {t("hook-replay")}
                </Button>
                {answer.paused ? (
                  <Button kind="primary" icon="play" onClick={() => void act("resume")}>
                    {t("hook-resume")}
                  </Button>
                ) : (
                  <Button icon="pause" onClick={() => void act("pause")}>
                    {t("hook-pause")}
                  </Button>
                )}
              </>
            }
          >
            <div class="stack">
              <p class="muted">{answer.paused ? t("hook-paused-about") : t("hook-on-about")}</p>
              {tested && (
                <Notice tone={tested.delivered ? "ok" : "danger"} icon={tested.delivered ? "done" : "alert"}>
                  {tested.delivered
                    ? t("hook-test-fine", { status: tested.status ?? 0, millis: tested.millis })
                    : t("hook-test-failed", { why: tested.error ?? "", status: tested.status ?? 0 })}
                  <details>
                    <summary>{t("hook-test-all")}</summary>
                    <pre class="raw">{JSON.stringify(tested, null, 2)}</pre>
                  </details>
                </Notice>
              )}
            </div>
          </Card>
          <Card title={t("hook-log")}>
            <Log deliveries={answer.deliveries} />
          </Card>
        </>
      )}
      {asking === "replay" && (
        <Replay
          path={path}
          onClose={() => {
            setAsking(undefined);
            void ask().catch(() => undefined);
          }}
        />
      )}
      {asking === "edit" && item && (
        <SetUp
          id={id}
          item={item}
          onClose={() => {
            setAsking(undefined);
            void load().catch(sayProblem);
          }}
        />
      )}
    </Page>
  );
}
