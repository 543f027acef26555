//! Takes chance out of the process: the maps of the standard library are kept in an order that is drawn from the system's
//! randomness, and so is the order in which tokio looks at what is ready.

#![expect(unsafe_code, reason = "the system's function is replaced by one of the same shape")]

/// What the standard library asks for randomness. It gives the same bytes each time, to all threads.
#[unsafe(no_mangle)]
extern "C" fn getrandom(buffer: *mut u8, length: usize, _flags: u32) -> isize {
    // SAFETY: whoever calls it gives a buffer of this length, as the system's function demands.
    unsafe { buffer.write_bytes(0x5f, length) };
    isize::try_from(length).unwrap_or(isize::MAX)
}
