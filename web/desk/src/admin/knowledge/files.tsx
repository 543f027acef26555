/** Files into the draft, and the base as a file. */

import { type VNode } from "preact";
import { useState } from "preact/hooks";

import { address, raw, type Schemas, segment } from "../../api/index.js";
import { sentence } from "../../api/problem.js";
import {
  Badge,
  Button,
  Card,
  Check,
  Icon,
  Notice,
  say,
  SelectField,
  Table,
  TextField,
} from "../../shell/ui/index.js";
import { t } from "../../texts/index.js";

const FORMATS = ["csv", "json", "html", "markdown"] as const;
const TYPES: Record<string, string> = {
  csv: "text/csv",
  json: "application/json",
  html: "text/html",
  markdown: "text/markdown",
};

/** Import and export. */
export function Files({ base, onChange }: { base: string; onChange: () => void }): VNode {
  const [file, setFile] = useState<File>();
  const [given, setGiven] = useState({ format: "csv", language: "", replace: false });
  const [report, setReport] = useState<Schemas["ImportReport"]>();
  const [problem, setProblem] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const send = async (dryRun: boolean): Promise<void> => {
    if (!file) {
      return;
    }
    setBusy(true);
    setProblem(undefined);
    try {
      const response = await raw("POST", `/knowledge/${segment(base)}/import`, {
        body: new Blob([await file.arrayBuffer()], { type: TYPES[given.format] ?? "text/plain" }),
        query: {
          format: given.format,
          language: given.language.trim(),
          replace: given.replace,
          dryRun,
        },
      });
      setReport((await response.json()) as Schemas["ImportReport"]);
      if (!dryRun) {
        say(t("imported"));
        onChange();
      }
    } catch (error) {
      setReport(undefined);
      setProblem(sentence(error));
    } finally {
      setBusy(false);
    }
  };
  const choose = (chosen: File | undefined): void => {
    setFile(chosen);
    setReport(undefined);
    const ending = chosen?.name.split(".").at(-1)?.toLowerCase();
    const format = ending === "md" ? "markdown" : ending === "htm" ? "html" : ending;
    if (FORMATS.some((known) => known === format)) {
      setGiven((before) => ({ ...before, format: format ?? before.format }));
    }
  };
  return (
    <div class="stack wide">
      <Card title={t("import")}>
        <div class="stack">
          <p class="muted">{t("import-about")}</p>
          <div class="field">
            <label for="import-file">{t("import-file")}</label>
            <input
              id="import-file"
              class="input"
              type="file"
              accept=".csv,.json,.html,.htm,.md,.markdown,.txt"
              onChange={(event) => {
                choose(event.currentTarget.files?.[0]);
              }}
            />
          </div>
          <div class="filters">
            <SelectField
              label={t("import-format")}
              value={given.format}
              options={FORMATS.map((value) => ({ value, label: t(`format-${value}`) }))}
              onValue={(format) => {
                setGiven({ ...given, format });
              }}
            />
            <TextField
              label={t("import-language")}
              placeholder="en"
              value={given.language}
              onValue={(language) => {
                setGiven({ ...given, language });
              }}
            />
          </div>
          <Check
            label={t("import-replace")}
            checked={given.replace}
            onValue={(replace) => {
              setGiven({ ...given, replace });
            }}
          />
          {problem !== undefined && (
            <Notice tone="danger" icon="alert">
              {problem}
            </Notice>
          )}
          <div class="row">
            <Button disabled={!file} busy={isBusy} onClick={() => void send(true)}>
              {t("import-try")}
            </Button>
            <Button
              kind="primary"
              disabled={!file || report?.dryRun !== true}
              busy={isBusy}
              onClick={() => void send(false)}
            >
              {t("import-do")}
            </Button>
          </div>
          {report && <Report report={report} />}
        </div>
      </Card>
      <Card title={t("export")}>
        <div class="row wrap">
          {(["csv", "json"] as const).map((format) =>
            (["draft", "live"] as const).map((version) => (
              <a
                key={`${format} ${version}`}
                class="btn"
                href={address(`/knowledge/${segment(base)}/export`, { format, version })}
                download={`${base}-${version}.${format}`}
              >
                <Icon name="download" />
                {t(`export-${version}`)} ({format.toUpperCase()})
              </a>
            )),
          )}
        </div>
      </Card>
    </div>
  );
}

function Report({ report }: { report: Schemas["ImportReport"] }): VNode {
  const { added, changed, removed, refused } = report;
  const tones = {
    added: "ok",
    changed: "accent",
    same: "neutral",
    refused: "danger",
    removed: "warn",
  } as const;
  return (
    <>
      <Notice tone={refused > 0 ? "warn" : "ok"} icon={refused > 0 ? "warning" : "done"}>
        {t(report.dryRun ? "import-would" : "import-did", { added, changed, removed, refused })}
      </Notice>
      <Table
        label={t("import")}
        rows={report.rows}
        idOf={(row) => `${row.line ?? ""} ${row.item ?? ""} ${row.group ?? ""}`}
        columns={[
          { title: t("import-line"), end: true, cell: (row) => row.line ?? row.item ?? "–" },
          { title: t("group-question"), cell: (row) => row.question },
          { title: t("group"), cell: (row) => row.group ?? "–" },
          {
            title: t("status"),
            cell: (row) => <Badge tone={tones[row.outcome]}>{t(`row-${row.outcome}`)}</Badge>,
          },
          { title: t("about"), cell: (row) => row.note ?? "" },
        ]}
      />
    </>
  );
}
