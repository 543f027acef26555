/** A list that comes in pages: what is there of it, how it is awaited, why it is not there, and the way to more. */

import type { ComponentChildren, VNode } from "preact";

import { Button, Empty, Loading } from "../../shell/ui/index.js";
import { t } from "../../texts/index.js";

interface Props<Item> {
  /** What has come so far; nothing has yet if it is undefined. */
  readonly items: readonly Item[] | undefined;
  /** Why nothing comes. */
  readonly problem: string | undefined;
  /** Whether there is more. */
  readonly hasMore: boolean;
  readonly icon: "people" | "ticket";
  /** What stands in the place of an empty list. */
  readonly none: string;
  readonly onMore: () => void;
  readonly row: (item: Item) => ComponentChildren;
}

export function PagedList<Item extends { readonly id: string }>(props: Props<Item>): VNode {
  const { items, problem, hasMore, icon, none, onMore, row } = props;
  if (items === undefined) {
    return problem === undefined ? <Loading label={t("loading")} /> : <Empty icon="alert" title={problem} />;
  }
  if (items.length === 0) {
    return <Empty icon={icon} title={none} />;
  }
  return (
    <div class="ticket-list">
      <ul>
        {items.map((item) => (
          <li key={item.id}>{row(item)}</li>
        ))}
      </ul>
      {hasMore && (
        <div class="ticket-more">
          <Button small onClick={onMore}>
            {t("more")}
          </Button>
        </div>
      )}
    </div>
  );
}
