namespace KvpRpc.Emulator.Guests;

/// <summary>How a guest's kernel turns UTF-16 into a field of UTF-8 that is too small for it.</summary>
internal enum KernelNls
{
    /// <summary>Kernels before the fix of November 2025: a character that does not fit is left out, later and shorter
    /// ones may still go in.</summary>
    SkipsWhatDoesNotFit,

    /// <summary>Kernels since then: the text ends before the first character that does not fit.</summary>
    StopsAtWhatDoesNotFit,
}
