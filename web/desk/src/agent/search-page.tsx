/** Finding what was said. */

import { type VNode } from "preact";
import { useEffect, useState } from "preact/hooks";

import { get, Problem, type Schemas, segment } from "../api/index.js";
import { sentence } from "../api/problem.js";
import { go, location } from "../shell/route.js";
import {
  Avatar,
  Badge,
  Button,
  Empty,
  Icon,
  Link,
  Loading,
  Notice,
  Page,
  sayProblem,
} from "../shell/ui/index.js";
import { t } from "../texts/index.js";
import { moment } from "../texts/when.js";
import { channelName } from "./ui/words.js";
import "./css/index.css";

type Result = Schemas["SearchResult"];
type Answer = Schemas["SearchAnswer"];

export default function SearchPage(): VNode {
  const asked = location.value.query.get("q") ?? "";
  const [typed, setTyped] = useState(asked);
  const [answer, setAnswer] = useState<Answer>();
  const [problem, setProblem] = useState<unknown>();
  useEffect(() => {
    setTyped(asked);
    setAnswer(undefined);
    setProblem(undefined);
    if (asked === "") {
      return undefined;
    }
    const abort = new AbortController();
    get<Answer>("/search", { q: asked, limit: 50 }, abort.signal).then(setAnswer, (error: unknown) => {
      if (!abort.signal.aborted) {
        setProblem(error);
      }
    });
    return () => {
      abort.abort();
    };
  }, [asked]);
  const more = (): void => {
    get<Answer>("/search", { q: asked, limit: 50, cursor: answer?.next ?? undefined })
      .then((next) => {
        setAnswer({ ...next, results: [...(answer?.results ?? []), ...next.results] });
      })
      .catch(sayProblem);
  };
  return (
    <Page title={t("page-search")} about={t("search-about")}>
      <form
        class="search-form"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          go(`/search?q=${encodeURIComponent(typed.trim())}`);
        }}
      >
        <label class="filter large">
          <Icon name="search" />
          <input
            type="search"
            aria-label={t("page-search")}
            placeholder={t("search-hint")}
            value={typed}
            autoFocus
            onInput={(event) => {
              setTyped(event.currentTarget.value);
            }}
          />
        </label>
        <Button type="submit" kind="primary">
          {t("page-search")}
        </Button>
      </form>
      {problem !== undefined && (
        <Notice tone="danger" icon="alert">
          {problem instanceof Problem && problem.status === 400 ? problem.message : sentence(problem)}
        </Notice>
      )}
      {asked !== "" && !answer && problem === undefined && <Loading label={t("loading")} />}
      {asked === "" && <Empty icon="search" title={t("search-empty")} />}
      {answer?.results.length === 0 && <Empty icon="search" title={t("nothing-found")} />}
      {answer && answer.results.length > 0 && (
        <ul class="results" aria-label={t("results")}>
          {answer.results.map((result) => (
            <li key={`${result.customerId} ${result.channelId} ${result.seq}`}>
              <ResultView result={result} />
            </li>
          ))}
        </ul>
      )}
      {answer?.next != null && (
        <div>
          <Button onClick={more}>{t("more-results")}</Button>
        </div>
      )}
    </Page>
  );
}

function ResultView({ result }: { result: Result }): VNode {
  const inside = (
    <>
      <Avatar name={result.customer.name} small />
      <span class="grow">
        <span class="row-top">
          <bdi class="row-name">{result.customer.name}</bdi>
          <Badge>{t(`result-${result.kind}`)}</Badge>
          <span class="muted">{channelName(result.channelId)}</span>
          <span class="row-time">{moment(result.at)}</span>
        </span>
        <span class="result-text" dir="auto">
          {marked(result)}
        </span>
      </span>
    </>
  );
  return result.conversationId == null ? (
    <div class="result">{inside}</div>
  ) : (
    <Link to={`/inbox/all/${segment(result.conversationId)}`} class="result">
      {inside}
    </Link>
  );
}

/** The piece with what was looked for marked. Places are counted in characters, not in units of UTF-16. */
function marked({ snippet, highlights }: Result): (string | VNode)[] {
  const letters = Array.from(snippet);
  const pieces: (string | VNode)[] = [];
  let end = 0;
  for (const [from = 0, before = 0] of highlights as number[][]) {
    pieces.push(
      letters.slice(end, from).join(""),
      <mark key={from}>{letters.slice(from, before).join("")}</mark>,
    );
    end = before;
  }
  pieces.push(letters.slice(end).join(""));
  return pieces;
}
