/** Dialogs and questions. */

import * as dialog from "@zag-js/dialog";
import { normalizeProps, useMachine } from "@zag-js/preact";
import { signal } from "@preact/signals";
import { type ComponentChildren, type VNode } from "preact";
import { useId } from "preact/hooks";

import { t } from "../../texts/index.js";
import { Button, IconButton } from "./button.js";
import { Portal } from "./portal.js";

/** A window above the page; the keyboard stays in it, and Escape closes it. */
export function Dialog({
  title,
  onClose,
  children,
  footer,
  wide = false,
  alert = false,
}: {
  title: string;
  /** Without it, it stays until its reason is gone. */
  onClose?: () => void;
  children: ComponentChildren;
  footer?: ComponentChildren;
  wide?: boolean;
  /** Whether it asks for something that cannot be undone. */
  alert?: boolean;
}): VNode {
  const service = useMachine(dialog.machine, {
    id: useId(),
    open: true,
    role: alert ? "alertdialog" : "dialog",
    closeOnInteractOutside: false,
    closeOnEscape: onClose !== undefined,
    onOpenChange: ({ open }) => {
      if (!open) {
        onClose?.();
      }
    },
  });
  const api = dialog.connect(service, normalizeProps);
  return (
    <Portal>
      <div {...api.getBackdropProps()} class="backdrop" />
      <div {...api.getPositionerProps()} class="positioner">
        <div {...api.getContentProps()} class={`dialog${wide ? " wide" : ""}`}>
          <header class="dialog-head">
            <h2 {...api.getTitleProps()}>{title}</h2>
            {onClose && (
              <IconButton {...(api.getCloseTriggerProps() as object)} icon="close" label={t("close")} small />
            )}
          </header>
          <div class="dialog-body">{children}</div>
          {footer !== undefined && <footer class="dialog-foot">{footer}</footer>}
        </div>
      </div>
    </Portal>
  );
}

interface Question {
  title: string;
  text: string;
  yes: string;
  answer(yes: boolean): void;
}
const asked = signal<Question | undefined>(undefined);

/** Asks before something that cannot be undone. */
export function confirmed(title: string, text: string, yes: string): Promise<boolean> {
  return new Promise((resolve) => {
    asked.value = {
      title,
      text,
      yes,
      answer: (answer) => {
        asked.value = undefined;
        resolve(answer);
      },
    };
  });
}

/** Where questions appear. */
export function Questions(): VNode | null {
  const question = asked.value;
  if (!question) {
    return null;
  }
  const no = (): void => {
    question.answer(false);
  };
  return (
    <Dialog
      title={question.title}
      onClose={no}
      alert
      footer={
        <>
          <Button onClick={no}>{t("cancel")}</Button>
          <Button
            kind="danger"
            onClick={() => {
              question.answer(true);
            }}
          >
            {question.yes}
          </Button>
        </>
      }
    >
      <p>{question.text}</p>
    </Dialog>
  );
}
