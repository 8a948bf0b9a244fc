import sharp from 'sharp';
import { openBrowser } from '../../e2e/harness/browser.ts';
import { builtInFaces } from '../../e2e/harness/built-in-faces.ts';
import { setUpAccount, signIn } from '../../e2e/harness/console.ts';
import { cleanUp, startProduct } from '../../e2e/harness/product.ts';
import { startProvider } from '../../e2e/harness/provider.ts';
import { userModelsDir } from '../../packages/server/src/testing/test-model.ts';

/**
 * Takes the README's picture of the console, as who comes from the set-up link sees it, with the models of this user's folder:
 * `node --import tsx --conditions=source bench/readme/console-picture.ts [FILE]`, after `node scripts/build.mjs`.
 */
const [file = 'docs/console.webp'] = process.argv.slice(2);

const provider = await startProvider();
const browser = await openBrowser();
try {
  const product = await startProduct({
    env: { ...provider.env, VISAVIS_STT: undefined, VISAVIS_TTS: undefined, VISAVIS_MODELS_DIR: userModelsDir() },
  });
  await setUpAccount(product);
  await builtInFaces(product);
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await signIn(page, product);
  await page.getByText('Everything is ready').waitFor({ timeout: 60_000 });
  await page.waitForLoadState('networkidle');
  await sharp(await page.screenshot())
    .webp({ quality: 82 })
    .toFile(file);
} finally {
  await browser.close();
  await cleanUp();
  await provider.close();
}
