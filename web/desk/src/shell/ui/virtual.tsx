/** Long lists of which only what is seen stands on the page. */

import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type VirtualizerOptions,
} from "@tanstack/virtual-core";
import { type ComponentChildren, type VNode } from "preact";
import { useEffect, useLayoutEffect, useReducer, useRef } from "preact/hooks";

/** How near to the end, in pixels, counts as being there. */
const NEAR = 60;

/** A list of any length. */
export function VirtualList<T>({
  label,
  items,
  keyOf,
  render,
  estimate,
  toEnd = false,
  role = "list",
  class: classes = "",
  shown,
  onAway,
  onScroller,
}: {
  label: string;
  items: readonly T[];
  keyOf: (item: T) => string;
  render: (item: T, index: number) => ComponentChildren;
  /** About how high an item is, in pixels. */
  estimate: number;
  /** Begins at the end, and stays there for as long as it is there: for chats. */
  toEnd?: boolean;
  role?: "list" | "log";
  class?: string;
  /** The index that is to be in sight. */
  shown?: number | undefined;
  /** It is no longer, or is again, at its end. */
  onAway?: (isAway: boolean) => void;
  /** Gives a function that goes to the end. */
  onScroller?: (toTheEnd: () => void) => void;
}): VNode {
  const [, draw] = useReducer((count: number) => count + 1, 0);
  const box = useRef<HTMLDivElement>(null);
  const sizer = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const list = useRef<Virtualizer<HTMLDivElement, HTMLDivElement>>(undefined);
  const options: VirtualizerOptions<HTMLDivElement, HTMLDivElement> = {
    count: items.length,
    getScrollElement: () => box.current,
    estimateSize: () => estimate,
    getItemKey: (index) => {
      const item = items[index];
      return item === undefined ? index : keyOf(item);
    },
    overscan: 6,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    onChange: () => {
      draw(undefined);
    },
  };
  list.current ??= new Virtualizer(options);
  const virtual = list.current;
  virtual.setOptions({ ...virtual.options, ...options });

  useLayoutEffect(() => virtual._didMount(), [virtual]);
  useLayoutEffect(() => {
    virtual._willUpdate();
  });

  const size = virtual.getTotalSize();
  useLayoutEffect(() => {
    if (sizer.current) {
      sizer.current.style.blockSize = `${size}px`;
    }
    if (toEnd && isAtEnd.current && box.current) {
      box.current.scrollTop = box.current.scrollHeight;
    }
  });
  useEffect(() => {
    if (shown !== undefined && shown >= 0) {
      virtual.scrollToIndex(shown, { align: "auto" });
    }
  }, [shown, virtual]);
  useEffect(() => {
    onScroller?.(() => {
      isAtEnd.current = true;
      box.current?.scrollTo({ top: box.current.scrollHeight });
      draw(undefined);
    });
  }, [onScroller]);

  const follow = (): void => {
    const element = box.current;
    if (!element || !toEnd) {
      return;
    }
    const now = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR;
    if (now !== isAtEnd.current) {
      isAtEnd.current = now;
      onAway?.(!now);
    }
  };

  return (
    <div
      ref={box}
      class={`virtual ${classes}`}
      tabIndex={0}
      role="region"
      aria-label={label}
      onScroll={follow}
    >
      <div ref={sizer} class="virtual-all" role={role} aria-label={label}>
        {virtual.getVirtualItems().map(({ index, key, start }) => {
          const item = items[index];
          return item === undefined ? null : (
            <div
              key={key}
              class="virtual-item"
              role={role === "list" ? "listitem" : undefined}
              aria-setsize={role === "list" ? items.length : undefined}
              aria-posinset={role === "list" ? index + 1 : undefined}
              data-index={index}
              ref={(element) => {
                if (element) {
                  element.style.transform = `translateY(${start}px)`;
                  virtual.measureElement(element);
                }
              }}
            >
              {render(item, index)}
            </div>
          );
        })}
      </div>
    </div>
  );
}
