using System.Buffers;

namespace KvpRpc.Protocol.Links;

/// <summary>One item of the own table: what it should hold, and how far its write has come.</summary>
internal sealed class OwnItem(int index, string key, int maxUnits)
{
    private char[]? _text;
    private bool _wasIssued;

    internal int Index { get; } = index;

    internal string Key { get; } = key;

    /// <summary>Gets the text the item should hold; empty for one that is to be deleted.</summary>
    internal ReadOnlyMemory<char> Value => _text.AsMemory(0, Length);

    internal int Length { get; private set; }

    internal int TextBytes => (_text?.Length ?? 0) * sizeof(char);

    /// <summary>Gets whether the item is to be deleted rather than written.</summary>
    internal bool IsDelete { get; private set; }

    /// <summary>Gets whether a write has landed, or an audit has found the item.</summary>
    internal bool Exists { get; set; }

    /// <summary>Gets whether the table may hold the item although no write is known to have landed.</summary>
    internal bool MayExist { get; set; }

    /// <summary>Gets whether the table may not hold the text yet.</summary>
    internal bool IsDirty { get; set; }

    /// <summary>Gets whether a write is under way: the text stays as it is until that has ended (rule 2).</summary>
    internal bool InFlight { get; set; }

    /// <summary>Gets the number of the unacknowledged packet that the item holds; 0 for none.</summary>
    internal ulong PacketNumber { get; set; }

    /// <summary>Gets whether the item holds a probe of an alphabet that the peer has not reported on.</summary>
    internal bool IsProbe { get; set; }

    /// <summary>Gets when the write may be tried again after it was refused or stayed in doubt.</summary>
    internal Instant RetryAt { get; set; }

    /// <summary>Gets how often in a row the write did not land.</summary>
    internal int Failures { get; set; }

    /// <summary>Gets until when an earlier write may still land over a newer one; nothing new goes in before.</summary>
    internal Instant DoubtUntil { get; set; }

    /// <summary>Gets since when the item holds no packet.</summary>
    internal Instant FreeSince { get; set; }

    /// <summary>Gets the buffer for a new text; <see cref="SetLength"/> makes it the text.</summary>
    internal Span<char> Buffer
    {
        get
        {
            System.Diagnostics.Debug.Assert(!InFlight, "The text of an item stays as it is while it is being written.");
            return _text ??= ArrayPool<char>.Shared.Rent(maxUnits);
        }
    }

    internal void SetLength(int length)
    {
        Length = length;
        IsDelete = false;
        IsDirty = true;
        _wasIssued = false;
    }

    /// <summary>Begins a write; it may not be the first with this text, or of this deletion.</summary>
    internal void Issue(LinkMeasures measures)
    {
        if (_wasIssued)
            measures.HandleRewritten();
        InFlight = true;
        IsDirty = false;
        _wasIssued = true;
    }

    /// <summary>Takes over the packet of an item that the table does not take.</summary>
    internal void TakeOver(OwnItem other)
    {
        (_text, other._text) = (other._text, _text);
        (Length, other.Length) = (other.Length, 0);
        (PacketNumber, other.PacketNumber) = (other.PacketNumber, 0);
        _wasIssued = other._wasIssued;
        IsDelete = false;
        IsDirty = true;
        other.IsDirty = false;
    }

    internal void SetDelete()
    {
        Release();
        IsDelete = true;
        IsDirty = true;
    }

    /// <summary>Gives up the text: nobody waits for it any more.</summary>
    internal void Release()
    {
        System.Diagnostics.Debug.Assert(!InFlight, "The text of an item stays as it is while it is being written.");
        if (_text is not null)
            ArrayPool<char>.Shared.Return(_text);
        _text = null;
        _wasIssued = false;
        Length = 0;
        IsDirty = false;
    }
}
