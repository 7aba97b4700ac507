namespace KvpRpc.Guest.Linux;

/// <summary>What a <see cref="PoolStep"/> does.</summary>
internal enum PoolStepKind
{
    /// <summary>The file ends at the position: it grows by zeros, or loses what is behind.</summary>
    SetLength,

    /// <summary>One NUL is written.</summary>
    Clear,

    /// <summary>Bytes of the new record are written.</summary>
    Write,
}
