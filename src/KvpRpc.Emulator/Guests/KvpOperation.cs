namespace KvpRpc.Emulator.Guests;

/// <summary>What the host asks of a guest; the numbers are those of the wire.</summary>
internal enum KvpOperation
{
    /// <summary>The value of one key.</summary>
    Get = 0,

    /// <summary>Add one item, or give it another value.</summary>
    Set = 1,

    /// <summary>Take one item away.</summary>
    Delete = 2,

    /// <summary>The item at one index.</summary>
    Enumerate = 3,
}
