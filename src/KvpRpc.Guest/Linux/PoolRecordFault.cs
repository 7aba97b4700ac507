namespace KvpRpc.Guest.Linux;

/// <summary>What can be wrong with a record of a pool file.</summary>
internal enum PoolRecordFault
{
    None,

    /// <summary>Key or value is not UTF-8: the host's enumeration ends with an error at this record.</summary>
    NotUtf8,

    /// <summary>Key or value has no NUL in its field: the host reads on into what lies behind it.</summary>
    Unterminated,
}
