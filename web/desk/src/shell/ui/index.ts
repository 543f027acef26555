/** What pages are made of. */

export { Avatar, Badge, Card, Empty, Link, Loading, Notice, Page, type Tone } from "./bits.js";
export { Button, IconButton } from "./button.js";
export { Chart, type Line } from "./chart.js";
export { confirmed, Dialog } from "./dialog.js";
export { Check, SelectField, TextArea, TextField } from "./field.js";
export { Icon, type IconName } from "./icon.js";
export { Menu, type MenuEntry } from "./menu.js";
export { Table, type Column } from "./table.js";
export { Tabs } from "./tabs.js";
export { say, sayProblem } from "./toast.js";
export { VirtualList } from "./virtual.js";
