/** Keeping a customer out, making two one, and erasing. */

import { type VNode } from "preact";
import { useEffect, useState } from "preact/hooks";

import { address, get, post, type Schemas, segment } from "../../api/index.js";
import { sentence } from "../../api/problem.js";
import { go } from "../../shell/route.js";
import { may } from "../../shell/session.js";
import {
  Avatar,
  Button,
  confirmed,
  Dialog,
  Empty,
  Icon,
  Menu,
  type MenuEntry,
  Notice,
  say,
  sayProblem,
  TextField,
} from "../../shell/ui/index.js";
import { t } from "../../texts/index.js";
import { type Customer } from "../model/types.js";
import { channelName } from "./words.js";

/** What can be done with a customer. */
export function CustomerActions({
  customer,
  onChange,
}: {
  customer: Customer;
  onChange: (customer: Customer) => void;
}): VNode {
  const [doing, setDoing] = useState<"block" | "merge">();
  const path = `/customers/${segment(customer.id)}`;
  const close = (): void => {
    setDoing(undefined);
  };
  const unblock = (): void => {
    post<Customer>(`${path}/unblock`).then(onChange, sayProblem);
  };
  const erase = async (): Promise<void> => {
    const sure = await confirmed(
      t("customer-erase"),
      t("customer-erase-sure", { name: customer.name }),
      t("customer-erase"),
    );
    if (!sure) {
      return;
    }
    try {
      const report = await post<Schemas["ErasureReport"]>(`${path}/erase`);
      say(t("customer-erased", { messages: report.messages, files: report.files }));
      go("/customers");
    } catch (error) {
      sayProblem(error);
    }
  };
  // Ids that came from profiles which were merged into this one.
  const merged = customer.identities.flatMap(({ merged: one, userId }) =>
    one ? [{ id: one.id, userId }] : [],
  );
  const entries: MenuEntry[] = [
    customer.blocked
      ? { id: "unblock", label: t("customer-unblock"), icon: "done", act: unblock }
      : {
          id: "block",
          label: t("customer-block"),
          icon: "lock",
          act: () => {
            setDoing("block");
          },
        },
    {
      id: "merge",
      label: t("customer-merge"),
      icon: "people",
      act: () => {
        setDoing("merge");
      },
    },
    ...merged.map((one): MenuEntry => ({
      id: `unmerge ${one.id}`,
      label: t("customer-unmerge", { name: one.userId }),
      icon: "undo",
      act: () => {
        post<Customer>(`/customers/${segment(one.id)}/unmerge`).then(onChange, sayProblem);
      },
    })),
  ];
  if (may("customers.export")) {
    const act = (): void => {
      const link = document.createElement("a");
      link.href = address(`${path}/export`);
      link.download = "customer.ndjson";
      link.click();
    };
    entries.push({ id: "export", label: t("customer-export"), icon: "download", act });
  }
  if (may("customers.erase")) {
    const act = (): void => void erase();
    entries.push("line", { id: "erase", label: t("customer-erase"), icon: "remove", danger: true, act });
  }
  return (
    <>
      <Menu label={t("more")} class="icon-btn" entries={entries}>
        <Icon name="more" />
      </Menu>
      {doing === "block" && <Block path={path} onChange={onChange} close={close} />}
      {doing === "merge" && <Merge customer={customer} path={path} onChange={onChange} close={close} />}
    </>
  );
}

function Block({
  path,
  onChange,
  close,
}: {
  path: string;
  onChange: (customer: Customer) => void;
  close: () => void;
}): VNode {
  const [given, setGiven] = useState({ reason: "", until: "" });
  const [problem, setProblem] = useState<string>();
  const block = async (): Promise<void> => {
    setProblem(undefined);
    try {
      const until = given.until === "" ? {} : { until: new Date(given.until).getTime() };
      onChange(await post<Customer>(`${path}/block`, { reason: given.reason.trim(), ...until }));
      close();
    } catch (error) {
      setProblem(sentence(error));
    }
  };
  return (
    <Dialog
      title={t("customer-block")}
      onClose={close}
      footer={
        <>
          <Button onClick={close}>{t("cancel")}</Button>
          <Button kind="danger" disabled={given.reason.trim() === ""} onClick={() => void block()}>
            {t("customer-block")}
          </Button>
        </>
      }
    >
      <p class="muted">{t("customer-block-about")}</p>
      {problem !== undefined && (
        <Notice tone="danger" icon="alert">
          {problem}
        </Notice>
      )}
      <TextField
        label={t("customer-reason")}
        maxLength={500}
        value={given.reason}
        onValue={(reason) => {
          setGiven({ ...given, reason });
        }}
      />
      <TextField
        label={t("customer-until")}
        hint={t("customer-until-hint")}
        type="datetime-local"
        value={given.until}
        onValue={(until) => {
          setGiven({ ...given, until });
        }}
      />
    </Dialog>
  );
}

function Merge({
  customer,
  path,
  onChange,
  close,
}: {
  customer: Customer;
  path: string;
  onChange: (customer: Customer) => void;
  close: () => void;
}): VNode {
  const [typed, setTyped] = useState("");
  const [found, setFound] = useState<Customer[]>([]);
  useEffect(() => {
    const abort = new AbortController();
    get<Schemas["CustomerList"]>("/customers", { q: typed.trim(), limit: 20 }, abort.signal)
      .then((answer) => {
        setFound(answer.customers.filter(({ id }) => id !== customer.id));
      })
      .catch(() => undefined);
    return () => {
      abort.abort();
    };
  }, [typed]);
  const merge = (into: string): void => {
    post<Customer>(`${path}/merge`, { into })
      .then((now) => {
        close();
        say(t("customer-merged"));
        onChange(now);
      })
      .catch(sayProblem);
  };
  return (
    <Dialog title={t("customer-merge")} onClose={close}>
      <p class="muted">{t("customer-merge-about", { name: customer.name })}</p>
      <TextField label={t("find")} value={typed} onValue={setTyped} autoFocus />
      {found.length === 0 ? (
        <Empty icon="search" title={t("nothing-found")} />
      ) : (
        <ul class="chooser">
          {found.map((one) => (
            <li key={one.id}>
              <button
                type="button"
                class="choice"
                onClick={() => {
                  merge(one.id);
                }}
              >
                <Avatar name={one.name} small />
                <span class="grow">
                  <bdi>{one.name}</bdi>
                </span>
                <span class="muted">{channelName(one.identities[0]?.channelId ?? "")}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}
