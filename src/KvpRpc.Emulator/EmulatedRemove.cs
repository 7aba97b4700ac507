namespace KvpRpc.Emulator;

/// <summary>How <c>RemoveKvpItems</c> behaves: it has been broken on some updates of Windows Server 2016.</summary>
public enum EmulatedRemove
{
    /// <summary>It removes items.</summary>
    Works,

    /// <summary>It returns 32768 and removes nothing.</summary>
    Fails,

    /// <summary>It returns 0 and removes nothing.</summary>
    DoesNothing,
}
