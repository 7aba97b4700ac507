namespace KvpRpc.Emulator;

/// <summary>What is left of a call of the host service when one of its items is refused. Microsoft does not document
/// it, so programs must work with each.</summary>
public enum EmulatedBatchFailure
{
    /// <summary>The call fails as a whole.</summary>
    NothingLands,

    /// <summary>The items before the refused one have landed.</summary>
    EarlierItemsLand,

    /// <summary>Every item but the refused ones has landed.</summary>
    OtherItemsLand,
}
