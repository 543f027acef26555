import type { InlineConfig, Plugin } from "vite";

export const ROOT: string;
export const ALIAS: Record<string, string>;
export const CONFIG: InlineConfig;
export function fluent(): Plugin;
export function writeTypes(): Promise<void>;
