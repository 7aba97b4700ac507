namespace KvpRpc.Protocol.Tests.Simulation;

/// <summary>The host's calls: one adds items, of which none may exist, another modifies items, of which all must. It
/// parts a batch by what it knows to exist, and reads that back when a call has failed (rule c).</summary>
internal sealed class SimulatedHostService(SimulatedTable table, bool partsBatches)
{
    private const int MaxAttempts = 3;

    private HashSet<string> _existing = [.. table.Own().Select(item => item.Key)];

    /// <summary>Gives which writes of a batch are refused.</summary>
    internal HashSet<PendingWrite> Refused(IEnumerable<PendingWrite> batch)
    {
        // Removing what does not exist is no error.
        HashSet<PendingWrite> pending = [.. batch.Where(write => write.Text is not null)];
        if (!partsBatches)
            return Fails(pending, areThere: true) && Fails(pending, areThere: false) ? pending : [];
        for (int attempt = 0; pending.Count > 0 && attempt < MaxAttempts; attempt++)
        {
            bool isOld = false;
            foreach (bool areThere in new[] { false, true })
            {
                List<PendingWrite> call = [.. pending.Where(write => _existing.Contains(write.Key) == areThere)];
                if (Fails(call, areThere))
                {
                    isOld = true;
                    continue;
                }

                pending.ExceptWith(call);
                _existing.UnionWith(call.Select(write => write.Key));
            }

            if (isOld)
                _existing = [.. table.Own().Select(item => item.Key)];
        }

        return pending;
    }

    private bool Fails(IEnumerable<PendingWrite> call, bool areThere) =>
        call.Any(write => table.Has(write.Key) != areThere);
}
