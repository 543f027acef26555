import type { Plugin } from "vite";

import type { Labels } from "../src/loader/labels.js";

export const ROOT: string;
export const ALIAS: Record<string, string>;
export function labels(): Record<string, Labels>;
export function fluent(): Plugin;
