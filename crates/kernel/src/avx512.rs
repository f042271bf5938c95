//! Sixteen lanes in one register: rotation is one instruction, and so is any function of three
//! operands. AVX-512 F is all it needs.

#![allow(unsafe_code)]

use std::arch::x86_64::{
    __m512i, _mm512_add_epi32, _mm512_loadu_si512, _mm512_permutex2var_epi32, _mm512_rol_epi32,
    _mm512_set1_epi32, _mm512_storeu_si512, _mm512_ternarylogic_epi32, _mm512_xor_si512,
};

use super::{Block, LANES, ROUND_CONSTANTS, State, words_of};

type Vector = __m512i;
const WIDTH: usize = 16;

lane_backend!(Avx512, "avx512f");

#[inline]
#[target_feature(enable = "avx512f")]
fn load(lanes: &[u32; WIDTH]) -> Vector {
    // SAFETY: the reference covers the 64 bytes read; unaligned is allowed.
    unsafe { _mm512_loadu_si512(lanes.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn store(lanes: &mut [u32; WIDTH], vector: Vector) {
    // SAFETY: the reference covers the 64 bytes written; unaligned is allowed.
    unsafe { _mm512_storeu_si512(lanes.as_mut_ptr().cast(), vector) }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn splat(word: u32) -> Vector {
    _mm512_set1_epi32(word.cast_signed())
}

#[inline]
#[target_feature(enable = "avx512f")]
fn add(x: Vector, y: Vector) -> Vector {
    _mm512_add_epi32(x, y)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn rotl<const BITS: i32>(x: Vector) -> Vector {
    _mm512_rol_epi32::<BITS>(x)
}

// The constants of ternary logic are truth tables: bit `4x + 2y + z` is the result for x, y, z.

#[inline]
#[target_feature(enable = "avx512f")]
fn choose(x: Vector, y: Vector, z: Vector) -> Vector {
    _mm512_ternarylogic_epi32::<0b1100_1010>(x, y, z)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn parity(x: Vector, y: Vector, z: Vector) -> Vector {
    _mm512_ternarylogic_epi32::<0b1001_0110>(x, y, z)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn majority(x: Vector, y: Vector, z: Vector) -> Vector {
    _mm512_ternarylogic_epi32::<0b1110_1000>(x, y, z)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn xor(x: Vector, y: Vector, z: Vector, last: Vector) -> Vector {
    _mm512_xor_si512(parity(x, y, z), last)
}

/// `x0 y0 x1 y1 …`, in two registers.
#[inline]
#[target_feature(enable = "avx512f")]
fn interleave(x: Vector, y: Vector) -> (Vector, Vector) {
    // From 16 on an index means `y`.
    let first = [0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23];
    let (first, second) = (load(&first), load(&first.map(|index| index + 8)));
    (_mm512_permutex2var_epi32(x, first, y), _mm512_permutex2var_epi32(x, second, y))
}
