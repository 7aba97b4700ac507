namespace KvpRpc.Guest.Linux;

/// <summary>What a pool file is opened and locked for.</summary>
internal enum PoolAccess
{
    /// <summary>To read, beside other readers.</summary>
    Read,

    /// <summary>To read and write, alone.</summary>
    Write,
}
