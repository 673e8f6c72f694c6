import { InvalidArgumentError } from 'commander';
import { strategies } from './list.ts';
import type { Strategy } from './strategy.ts';

/** What a command was given, as a strategy. Throws commander's error, which lists those there are. */
export function toStrategy(name: string): Strategy {
  const strategy = strategies.find((each) => each.name === name);
  if (strategy) return strategy;
  throw new InvalidArgumentError(`There are: ${strategies.map((each) => each.name).join(', ')}.`);
}
