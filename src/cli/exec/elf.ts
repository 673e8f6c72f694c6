import { readSync } from 'node:fs';

/** A file, and how it begins. */
export interface Opened {
  readonly fd: number;
  readonly size: number;
  readonly header: Buffer;
}

export const isElf = (header: Buffer): boolean => header.subarray(0, 4).equals(magic);

const magic = Buffer.from('\x7fELF', 'latin1');

/** Whether two headers are of programs for the same machine: width, byte order and kind. */
export const isSameMachine = (one: Buffer, other: Buffer): boolean =>
  machineOf(one) === machineOf(other);

/** Whether a program is for the smaller brother of a machine, which kernels run as well, or do not. */
export const isSibling = (one: Buffer, other: Buffer): boolean =>
  siblings.has(`${machineOf(one)} ${machineOf(other)}`);

/** 386 and x32 on x86-64; ARM on AArch64. */
const siblings = new Set(['01010300 02013e00', '01013e00 02013e00', '01012800 0201b700']);

const machineOf = (header: Buffer) =>
  header.subarray(4, 6).toString('hex') + header.subarray(18, 20).toString('hex');

/** What the kernel loads a program by; `none` where it needs none, or that is not known. */
export type Loader = { readonly path: string } | 'none' | 'corrupt';

/** Reads the program headers, as elf(5) has them: those of 64 bits, little endian, only. */
export function loaderOf(program: Opened): Loader {
  const { header, size } = program;
  if (header[4] !== 2 || header[5] !== 1) return 'none';
  if (header.length < 64 || ![2, 3].includes(header.readUInt16LE(16))) return 'corrupt';
  const start = Number(header.readBigUInt64LE(32));
  const [each, count] = [header.readUInt16LE(54), header.readUInt16LE(56)];
  if (each !== 56 || count === 0 || start + each * count > size) return 'corrupt';
  const table = read(program, start, each * count);
  const entries = Array.from({ length: count }, (_, index) => table.subarray(index * each));
  const loader = entries.find((entry) => entry.readUInt32LE(0) === interpreter);
  return loader === undefined ? 'none' : pathIn(program, loader);
}

/** The type PT_INTERP. */
const interpreter = 3;

function pathIn(program: Opened, entry: Buffer): Loader {
  const [offset, length] = [Number(entry.readBigUInt64LE(8)), Number(entry.readBigUInt64LE(32))];
  if (length > 4096 || offset + length > program.size) return 'corrupt';
  const [path = ''] = read(program, offset, length).toString().split('\0');
  return { path };
}

function read({ fd }: Opened, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  readSync(fd, bytes, { position, length });
  return bytes;
}
