// A worker: finds the number for which the SHA-256 of "challenge:number" begins with enough zeros.
// The sums are our own: asking the browser for each digest would take ten times as long.
"use strict";
const K = new Int32Array(64);
const START = new Int32Array(8);
for (let found = 0, candidate = 2; found < 64; candidate += 1) {
  let prime = true;
  for (let by = 2; by * by <= candidate; by += 1) if (candidate % by === 0) prime = false;
  if (!prime) continue;
  const fraction = (root) => ((root % 1) * 4294967296) | 0;
  if (found < 8) START[found] = fraction(candidate ** (1 / 2));
  K[found] = fraction(candidate ** (1 / 3));
  found += 1;
}

const W = new Int32Array(64);

// Adds one block of 64 bytes, given as words, to a state.
const add = (state, words, at) => {
  for (let i = 0; i < 16; i += 1) W[i] = words[at + i];
  for (let i = 16; i < 64; i += 1) {
    const x = W[i - 15], y = W[i - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    W[i] = (W[i - 16] + s0 + W[i - 7] + s1) | 0;
  }
  let a = state[0], b = state[1], c = state[2], d = state[3];
  let e = state[4], f = state[5], g = state[6], h = state[7];
  for (let i = 0; i < 64; i += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
  }
  state[0] += a; state[1] += b; state[2] += c; state[3] += d;
  state[4] += e; state[5] += f; state[6] += g; state[7] += h;
};

// Goes on from a state: `tail` is what has not been added of a text of ASCII so long in all.
const finish = (from, tail, length) => {
  const words = new Int32Array(((tail.length + 72) >> 6) * 16);
  for (let i = 0; i < tail.length; i += 1) words[i >> 2] |= tail.charCodeAt(i) << (24 - (i % 4) * 8);
  words[tail.length >> 2] |= 0x80 << (24 - (tail.length % 4) * 8);
  words[words.length - 1] = length * 8;
  const state = from.slice();
  for (let at = 0; at < words.length; at += 16) add(state, words, at);
  return state;
};

// The whole blocks at the beginning are the same for every number, and added once.
const begin = (text) => {
  const state = START.slice();
  const whole = text.length - (text.length % 64);
  const words = new Int32Array(whole / 4);
  for (let i = 0; i < whole; i += 1) words[i >> 2] |= text.charCodeAt(i) << (24 - (i % 4) * 8);
  for (let at = 0; at < words.length; at += 16) add(state, words, at);
  return [state, text.slice(whole)];
};

onmessage = ({ data }) => {
  const bits = parseInt(data, 10);
  const [state, rest] = begin(`${data}:`);
  const length = data.length + 1 - rest.length;
  for (let number = 0; ; number += 1) {
    const tail = rest + number;
    if (finish(state, tail, length + tail.length)[0] >>> (32 - bits) === 0) {
      postMessage(number);
      return;
    }
  }
};
