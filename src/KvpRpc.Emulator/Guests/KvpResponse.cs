namespace KvpRpc.Emulator.Guests;

/// <summary>The guest's answer to one transaction, as the host sees it.</summary>
/// <param name="Status"><see cref="Ok"/>, <see cref="NoMoreItems"/> or <see cref="Failed"/>.</param>
/// <param name="Key">The key found by an enumeration, UTF-16 after the driver's conversion; else empty.</param>
/// <param name="Value">The value found, UTF-16 after the driver's conversion; else empty.</param>
internal readonly record struct KvpResponse(uint Status, string Key, string Value)
{
    /// <summary>It worked (S_OK).</summary>
    internal const uint Ok = 0;

    /// <summary>There is no such item; the Linux daemon answers everything it could not do with it
    /// (HV_S_CONT).</summary>
    internal const uint NoMoreItems = 0x80070103;

    /// <summary>The guest failed or did not answer in time (HV_E_FAIL).</summary>
    internal const uint Failed = 0x80004005;

    /// <summary>Gets whether it worked.</summary>
    internal bool IsOk => Status == Ok;

    /// <summary>An answer that carries only a status.</summary>
    internal static KvpResponse Of(uint status) => new(status, string.Empty, string.Empty);
}
