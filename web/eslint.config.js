import js from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["**/dist/", "**/node_modules/", "desk/src/api/schema.d.ts"] },
  js.configs.recommended,
  {
    files: ["**/*.ts", "**/*.tsx"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // Numbers are harmless in texts.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
    },
  },
  {
    files: ["{desk,widget}/src/**/*.ts", "{desk,widget}/src/**/*.tsx"],
    rules: {
      // What others wrote becomes text. There is no way for it to become anything else.
      "no-restricted-properties": [
        "error",
        ...[
          "innerHTML",
          "outerHTML",
          "insertAdjacentHTML",
          "setHTMLUnsafe",
          "srcdoc",
          "write",
          "writeln",
        ].map((property) => ({ property, message: "Nothing becomes HTML here." })),
      ],
      "no-restricted-syntax": [
        "error",
        {
          selector: "JSXAttribute[name.name=/^(dangerouslySetInnerHTML|srcdoc|srcDoc|style)$/]",
          message: "Nothing becomes HTML here, and no style stands in an attribute.",
        },
      ],
      "no-eval": "error",
      "@typescript-eslint/no-implied-eval": "error",
    },
  },
  {
    files: ["**/*.js", "**/*.mjs"],
    languageOptions: {
      globals: {
        clearTimeout: "readonly",
        console: "readonly",
        fetch: "readonly",
        process: "readonly",
        setTimeout: "readonly",
        URL: "readonly",
      },
    },
  },
  {
    files: ["e2e/site/*.js"],
    languageOptions: { globals: { URLSearchParams: "readonly", window: "readonly" } },
  },
);
