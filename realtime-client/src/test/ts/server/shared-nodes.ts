import type { TestProject } from 'vitest/node';
import { OwnNode } from './node.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Of the nodes that are there for all tests. */
    ports: number[];
  }
}

/** Starts the nodes that are there for all tests, and ends them afterwards. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const nodes = await Promise.all([OwnNode.started(), OwnNode.started()]);
  project.provide('ports', nodes.map(({ port }) => port));
  return async () => {
    await Promise.all(nodes.map((node) => node.kill()));
  };
}
