import { Button, CopyButton, Modal, Stack, Tabs, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCode } from '@tabler/icons-react';
import { shellTexts as texts } from '../texts/shell.ts';
import classes from './show-as-code.module.css';

/** One call of the API. */
export interface ApiExample {
  /** What it does: "List your agents". */
  title: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** After `/api/v1`: `/agents`. */
  path: string;
  body?: unknown;
  /** The same with the SDK: `await client.agents.list()`. */
  sdk: string;
}

/** A button that shows the API calls behind a page, as curl and with the SDK. */
export function ShowAsCode({ examples }: { examples: ApiExample[] }) {
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button variant="default" leftSection={<IconCode size={18} aria-hidden />} onClick={open}>
        {texts.showAsCode}
      </Button>
      <Modal opened={opened} onClose={close} title={texts.codeTitle} size="xl">
        <Stack>
          <Text c="dimmed">{texts.codeHint}</Text>
          <Tabs defaultValue="curl">
            <Tabs.List>
              <Tabs.Tab value="curl">{texts.curl}</Tabs.Tab>
              <Tabs.Tab value="typescript">{texts.typescript}</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="curl" pt="sm">
              <CodeBlock code={examples.map(curlOf).join('\n\n')} />
            </Tabs.Panel>
            <Tabs.Panel value="typescript" pt="sm">
              <CodeBlock code={typescriptOf(examples)} />
            </Tabs.Panel>
          </Tabs>
        </Stack>
      </Modal>
    </>
  );
}

/** Code that can be copied. */
export function CodeBlock({ code }: { code: string }) {
  return (
    <div className={classes.block}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: who scrolls with the keyboard must get here (WCAG 2.1.1) */}
      <pre className={classes.code} tabIndex={0}>
        <code>{code}</code>
      </pre>
      <CopyButton value={code}>
        {({ copied, copy }) => (
          <Button size="compact-sm" variant="default" onClick={copy} className={classes.copy}>
            {copied ? texts.copied : texts.copy}
          </Button>
        )}
      </CopyButton>
    </div>
  );
}

/** The call as a shell runs it; the key stays in a variable. */
export function curlOf({ title, method, path, body }: ApiExample): string {
  const lines = [
    `curl -s${method === 'GET' || (method === 'POST' && body !== undefined) ? '' : ` -X ${method}`} ${location.origin}/api/v1${path}`,
  ];
  lines.push(`  -H "x-api-key: $VISAVIS_API_KEY"`);
  if (body !== undefined) {
    lines.push(`  -H 'content-type: application/json'`);
    lines.push(`  -d '${JSON.stringify(body).replaceAll("'", "'\\''")}'`);
  }
  return `# ${title}\n${lines.join(' \\\n')}`;
}

function typescriptOf(examples: ApiExample[]): string {
  const calls = examples.map(({ title, sdk }) => `// ${title}\n${sdk};`);
  return [
    "import { createClient } from '@visavis/client';",
    '',
    'const client = createClient({',
    `  baseUrl: '${location.origin}',`,
    "  credentials: { apiKey: process.env.VISAVIS_API_KEY ?? '' },",
    '});',
    '',
    calls.join('\n\n'),
  ].join('\n');
}
