namespace KvpRpc.Transports.Host;

/// <summary>The items that one call of one method carries.</summary>
internal sealed class HostCall(HostMethod method)
{
    internal HostMethod Method => method;

    internal HostReturnCode Code { get; set; }

    internal List<KvpItemWrite> Writes { get; } = [];

    internal List<HostDataItem> Items { get; } = [];

    internal void Add(KvpItemWrite write)
    {
        Writes.Add(write);
        Items.Add(new HostDataItem(write.Key, write.IsDelete ? string.Empty : write.Value.ToString()));
    }

    internal void SetOutcome(KvpWriteOutcome outcome, string error)
    {
        foreach (KvpItemWrite write in Writes) (write.Outcome, write.Error) = (outcome, error);
    }

    internal void Clear()
    {
        Writes.Clear();
        Items.Clear();
        Code = default;
    }
}
