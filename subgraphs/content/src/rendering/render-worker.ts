/* oxlint-disable unicorn/require-post-message-target-origin -- Threads are told, not windows. */
import { parentPort } from 'node:worker_threads';
import { readTopicText } from './render-topic.ts';
import type { RenderJob } from './rendered-text.ts';

// A thread of its own, so that a text which takes long holds up nobody and can be ended; see
// `createTextRenderer`. It loads nothing but what rendering needs.

parentPort?.on('message', ({ markdown, files }: RenderJob) => {
  try {
    const { html, headings, wordCount } = readTopicText(markdown);
    parentPort?.postMessage({ html: html(new Map(files)), headings, wordCount });
  } catch {
    // E.g. formulas that nest until the stack ends.
    parentPort?.postMessage(null);
  }
});
parentPort?.postMessage('ready');
