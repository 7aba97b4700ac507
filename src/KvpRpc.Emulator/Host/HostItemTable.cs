using System.Collections.Immutable;
using KvpRpc.Emulator.Guests;
using KvpRpc.Transports;
using KvpRpc.Transports.Host;

namespace KvpRpc.Emulator.Host;

/// <summary>The host items of one virtual machine, with the rules by which the host service changes them.</summary>
/// <remarks>
/// <para>Names are compared case-sensitively. One call names at most 128 items. What is left of a call that fails in
/// its middle, and with which code a full table answers (32778 here), is not documented: it is inferred.</para>
/// <para>No lock of its own: <see cref="EmulatedKvpService"/> holds one around each call.</para>
/// </remarks>
internal sealed class HostItemTable(EmulatedHyperVOptions options)
{
    private const int MaxItemsPerCall = 128;
    private const int MaxNameUnits = 254;
    private const int MaxDataUnits = 1023;
    private const int FirstBuildThatRemovesTheMissing = 9600;
    private const int FirstBuildThatSaysNotFound = 26100;

    private readonly OrderedDictionary<string, string> _items = new(StringComparer.Ordinal);
    private readonly List<KeyValuePair<string, string?>> _undo = [];

    internal int Count => _items.Count;

    internal bool TryGet(string name, out string? data) => _items.TryGetValue(name, out data);

    internal ImmutableArray<KvpRecord> Copy() => [.. _items.Select(item => new KvpRecord(item.Key, item.Value))];

    internal void Replace(ImmutableArray<KvpRecord> items)
    {
        _items.Clear();
        foreach (KvpRecord item in items) _items[item.Key] = item.Value;
    }

    /// <summary>Does what one call asks, as far as the rules allow.</summary>
    /// <param name="method">The method called.</param>
    /// <param name="items">What the call names.</param>
    /// <param name="changed">Takes the names of the items that were added, changed or removed.</param>
    internal HostReturnCode Apply(HostMethod method, IReadOnlyList<HostDataItem> items, ICollection<string> changed)
    {
        if (items.Count is 0 or > MaxItemsPerCall) return HostReturnCode.InvalidParameter;
        if (method is HostMethod.Remove && options.Remove is EmulatedRemove.Fails) return HostReturnCode.Failed;
        if (method is HostMethod.Remove && options.Remove is EmulatedRemove.DoesNothing)
            return HostReturnCode.Completed;

        _undo.Clear();
        HostReturnCode result = HostReturnCode.Completed;
        foreach (HostDataItem item in items)
        {
            HostReturnCode code = ApplyOne(method, item);
            if (code.IsSuccess) continue;
            if (result.IsSuccess) result = code;
            if (options.BatchFailure is not EmulatedBatchFailure.OtherItemsLand) break;
        }

        if (!result.IsSuccess && options.BatchFailure is EmulatedBatchFailure.NothingLands) Undo();
        foreach (KeyValuePair<string, string?> item in _undo) changed.Add(item.Key);
        return result;
    }

    private HostReturnCode ApplyOne(HostMethod method, HostDataItem item)
    {
        if (!IsValid(item)) return HostReturnCode.InvalidParameter;
        bool exists = _items.TryGetValue(item.Name, out string? before);
        switch (method, exists)
        {
            case (HostMethod.Add, true):
                return HostReturnCode.InvalidParameter;
            case (HostMethod.Add, false) when _items.Count >= options.MaxHostItems:
                return HostReturnCode.OutOfMemory;
            case (HostMethod.Modify, false):
                return options.Build >= FirstBuildThatSaysNotFound
                    ? HostReturnCode.NotFound : HostReturnCode.InvalidParameter;
            case (HostMethod.Remove, false):
                return options.Build >= FirstBuildThatRemovesTheMissing
                    ? HostReturnCode.Completed : HostReturnCode.InvalidParameter;
            case (HostMethod.Remove, true):
                _items.Remove(item.Name);
                break;
            default:
                _items[item.Name] = AsXmlGivesIt(item.Data);
                break;
        }

        _undo.Add(new(item.Name, before));
        return HostReturnCode.Completed;
    }

    private void Undo()
    {
        for (int index = _undo.Count - 1; index >= 0; index--)
        {
            (string name, string? before) = _undo[index];
            if (before is null) _items.Remove(name);
            else _items[name] = before;
        }

        _undo.Clear();
    }

    private static bool IsValid(HostDataItem item) =>
        item.Name.Length is > 0 and <= MaxNameUnits && item.Data.Length <= MaxDataUnits
        && KvpText.IsCarried(item.Name) && KvpText.IsCarried(AsXmlGivesIt(item.Data));

    // A parser of XML gives every CR, and CR LF, as LF.
    private static string AsXmlGivesIt(string text) =>
        text.Contains('\r', StringComparison.Ordinal)
            ? text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n') : text;
}
