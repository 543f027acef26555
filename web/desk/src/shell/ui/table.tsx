/** Tables. */

import { type ComponentChildren, type VNode } from "preact";

/** A column: what stands above it and what in it. */
export interface Column<T> {
  title: string;
  cell: (row: T) => ComponentChildren;
  /** For numbers. */
  end?: boolean;
  /** For what is hard to read in pieces, such as moments. */
  nowrap?: boolean;
}

/** A table; `rows` are drawn as they come. */
export function Table<T>({
  label,
  columns,
  rows,
  idOf,
}: {
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  idOf: (row: T) => string;
}): VNode {
  return (
    <div class="table-box" tabIndex={0} role="region" aria-label={label}>
      <table class="table">
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.title} scope="col" class={column.end === true ? "end" : ""}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={idOf(row)}>
              {columns.map((column) => (
                <td
                  key={column.title}
                  class={[column.end === true ? "end" : "", column.nowrap === true ? "nowrap" : ""]
                    .join(" ")
                    .trim()}
                >
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
