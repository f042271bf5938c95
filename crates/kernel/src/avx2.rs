//! Eight lanes in one register, a group in two turns. Without a rotation and without functions of
//! three operands it needs more than twice the instructions of `avx512.rs` for half the lanes.

#![allow(unsafe_code)]

use std::arch::x86_64::{
    __m256i, _mm_cvtsi32_si128, _mm256_add_epi32, _mm256_and_si256, _mm256_loadu_si256, _mm256_or_si256,
    _mm256_permute2x128_si256, _mm256_set1_epi32, _mm256_slli_epi32, _mm256_srl_epi32, _mm256_storeu_si256,
    _mm256_unpackhi_epi32, _mm256_unpacklo_epi32, _mm256_xor_si256,
};

use super::{Block, LANES, ROUND_CONSTANTS, State, words_of};

type Vector = __m256i;
const WIDTH: usize = 8;

lane_backend!(Avx2, "avx2");

#[inline]
#[target_feature(enable = "avx2")]
fn load(lanes: &[u32; WIDTH]) -> Vector {
    // SAFETY: the reference covers the 32 bytes read; unaligned is allowed.
    unsafe { _mm256_loadu_si256(lanes.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn store(lanes: &mut [u32; WIDTH], vector: Vector) {
    // SAFETY: the reference covers the 32 bytes written; unaligned is allowed.
    unsafe { _mm256_storeu_si256(lanes.as_mut_ptr().cast(), vector) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn splat(word: u32) -> Vector {
    _mm256_set1_epi32(word.cast_signed())
}

#[inline]
#[target_feature(enable = "avx2")]
fn add(x: Vector, y: Vector) -> Vector {
    _mm256_add_epi32(x, y)
}

#[inline]
#[target_feature(enable = "avx2")]
fn rotl<const BITS: i32>(x: Vector) -> Vector {
    // The count in a register: `32 - BITS` of a const generic cannot be a constant operand. The
    // compiler folds it.
    let right = _mm_cvtsi32_si128(32 - BITS);
    _mm256_or_si256(_mm256_slli_epi32::<BITS>(x), _mm256_srl_epi32(x, right))
}

#[inline]
#[target_feature(enable = "avx2")]
fn choose(x: Vector, y: Vector, z: Vector) -> Vector {
    _mm256_xor_si256(z, _mm256_and_si256(x, _mm256_xor_si256(y, z)))
}

#[inline]
#[target_feature(enable = "avx2")]
fn parity(x: Vector, y: Vector, z: Vector) -> Vector {
    _mm256_xor_si256(_mm256_xor_si256(x, y), z)
}

#[inline]
#[target_feature(enable = "avx2")]
fn majority(x: Vector, y: Vector, z: Vector) -> Vector {
    let both = _mm256_and_si256(x, y);
    _mm256_or_si256(both, _mm256_and_si256(z, _mm256_or_si256(x, y)))
}

#[inline]
#[target_feature(enable = "avx2")]
fn xor(x: Vector, y: Vector, z: Vector, last: Vector) -> Vector {
    _mm256_xor_si256(parity(x, y, z), last)
}

/// `x0 y0 x1 y1 …`, in two registers.
#[inline]
#[target_feature(enable = "avx2")]
fn interleave(x: Vector, y: Vector) -> (Vector, Vector) {
    // These interleave within each half of a register only.
    let low = _mm256_unpacklo_epi32(x, y);
    let high = _mm256_unpackhi_epi32(x, y);
    (_mm256_permute2x128_si256::<0x20>(low, high), _mm256_permute2x128_si256::<0x31>(low, high))
}
