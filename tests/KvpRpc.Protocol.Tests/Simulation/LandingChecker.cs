namespace KvpRpc.Protocol.Tests.Simulation;

/// <summary>Checks that a write which lands late never covers newer content of its item (rule 2). The control item is
/// excepted: what it holds must be writable at any time, and its content says itself how old it is.</summary>
internal sealed class LandingChecker
{
    private readonly Dictionary<string, (long Order, string? Text)> _landed = [];
    private long _order;

    internal long Begin() => ++_order;

    internal void NoteLanded(PendingWrite write, long order)
    {
        if (write.Index > 0 && _landed.TryGetValue(write.Key, out (long Order, string? Text) newer)
            && newer.Order > order && newer.Text != write.Text)
            throw new SimulationException($"A write of item {write.Index} landed late, over newer content.");
        _landed[write.Key] = (order, write.Text);
    }

    /// <summary>Forgets everything: another process, or another past, writes from now on.</summary>
    internal void Clear() => _landed.Clear();
}
