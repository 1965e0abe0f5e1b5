// Compiles frontend/ into romsai/web/static/built/: two style sheets, the scripts, the fonts; and lays the fonts of printed
// papers into romsai/papers/built/. Run by romsai/launcher/assets.py.
import * as esbuild from "esbuild";
import * as sass from "sass";
import { cpSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const here = import.meta.dirname;
const root = `${here}/..`;
const out = `${root}/romsai/web/static/built`;
const browsers = ["chrome87", "safari14", "firefox91"];
const fonts = [
  "@fontsource-variable/noto-sans/files/noto-sans-latin-wght-normal",
  "@fontsource-variable/noto-sans/files/noto-sans-vietnamese-wght-normal",
  "@fontsource-variable/noto-sans-thai-looped/files/noto-sans-thai-looped-thai-wght-normal",
  "@fontsource-variable/noto-sans-lao/files/noto-sans-lao-lao-wght-normal",
  "@fontsource-variable/noto-sans-khmer/files/noto-sans-khmer-khmer-wght-normal",
  "@fontsource/noto-sans-myanmar/files/noto-sans-myanmar-myanmar-400-normal",
  "@fontsource/noto-sans-myanmar/files/noto-sans-myanmar-myanmar-700-normal",
];

// Typst reads whole TrueType files, one a style: subsets of one family hide each other (Vietnamese fell to another font).
const printed = `${root}/romsai/papers/built/fonts`;
const families = {
  "noto-sans": "NotoSans",
  "noto-sans-thai-looped": "NotoSansThaiLooped",
  "noto-sans-lao": "NotoSansLao",
  "noto-sans-khmer": "NotoSansKhmer",
  "noto-sans-myanmar": "NotoSansMyanmar",
  "noto-sans-sc": "NotoSansSC",
};

rmSync(out, { recursive: true, force: true });
rmSync(printed, { recursive: true, force: true });
mkdirSync(printed, { recursive: true });
mkdirSync(`${out}/fonts`, { recursive: true });

for (const name of ["app", "public"]) {
  // MOJ's Sass names "node_modules/…" itself, so the project folder is a load path too.
  const { css } = sass.compile(`${here}/scss/${name}.scss`, { loadPaths: [`${root}/node_modules`, root], quietDeps: true });
  if (/GDS Transport|crown|crest/i.test(css)) throw new Error(`${name}.css still carries the GOV.UK brand`);
  const { code } = await esbuild.transform(css, { loader: "css", minify: true, target: browsers });
  writeFileSync(`${out}/${name}.css`, code);
}

await esbuild.build({
  entryPoints: { app: `${here}/js/app.js`, public: `${here}/js/public.js`, htmx: "htmx.org" },
  external: ["./htmx.js"],
  outdir: out,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2020",
  logLevel: "warning",
});

for (const font of fonts) cpSync(`${root}/node_modules/${font}.woff2`, `${out}/fonts/${font.split("/").at(-1)}.woff2`);

for (const [folder, name] of Object.entries(families)) {
  const whole = `${root}/node_modules/@expo-google-fonts/${folder}`;
  for (const style of ["400Regular", "700Bold"]) cpSync(`${whole}/${style}/${name}_${style}.ttf`, `${printed}/${name}_${style}.ttf`);
  cpSync(`${whole}/LICENSE_FONT`, `${printed}/${name}.OFL.txt`);
}

for (const file of readdirSync(out).filter((name) => /\.(css|js)$/.test(name)))
  console.log(`  ${file.padEnd(12)} ${statSync(`${out}/${file}`).size} bytes, ${gzipSync(readFileSync(`${out}/${file}`), { level: 9 }).length} gzipped`);
