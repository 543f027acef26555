// Writes src/api/schema.d.ts anew.
import { writeTypes } from "./parts.mjs";

await writeTypes();
