import { Failure } from './failure.ts';

/** A function was asked for something, and no answer came: it may have done that all the same. */
export class Unanswered extends Failure {}
