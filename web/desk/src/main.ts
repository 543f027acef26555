import "./shell/css/index.css";

import { start } from "./shell/start.js";

void start();
