namespace KvpRpc.Calls;

/// <summary>Takes the fields of a header apart, one by one.</summary>
/// <remarks>Fields come in ascending order; which may come twice is for the caller to say. Bytes never make it throw.
/// </remarks>
internal ref struct FieldReader(ReadOnlySpan<byte> fields)
{
    private readonly ReadOnlySpan<byte> _fields = fields;
    private ReadOnlySpan<byte> _rest = fields;
    private int _start;
    private ulong _tag;

    /// <summary>Gets the field's number; one that no version knows yet is past the enumeration's members.</summary>
    internal readonly CallField Field => _tag >> 1 > int.MaxValue ? (CallField)int.MaxValue : (CallField)(_tag >> 1);

    /// <summary>Gets whether the field holds bytes; else it holds a number.</summary>
    internal readonly bool IsBytes => (_tag & 1) != 0;

    /// <summary>Gets whether the field before had the same number.</summary>
    internal bool IsRepeated { get; private set; }

    /// <summary>Gets the field's number value.</summary>
    internal ulong Number { get; private set; }

    /// <summary>Gets the field's bytes.</summary>
    internal ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>Gets whether reading stopped at bytes that are no field.</summary>
    internal bool IsMalformed { get; private set; }

    /// <summary>Gets the encoded field, and as many bytes before it.</summary>
    internal readonly ReadOnlySpan<byte> GetEncoded(int bytesBefore) =>
        _fields[(_start - bytesBefore)..(_fields.Length - _rest.Length)];

    /// <summary>Goes to the next field; false at the end and at bytes that are no field.</summary>
    internal bool MoveNext()
    {
        if (_rest.IsEmpty || IsMalformed)
            return false;
        _start = _fields.Length - _rest.Length;
        if (TryReadField())
            return true;
        IsMalformed = true;
        return false;
    }

    private bool TryReadField()
    {
        if (!Varint.TryRead(ref _rest, out ulong tag) || tag >> 1 == 0 || tag >> 1 < _tag >> 1)
            return false;
        IsRepeated = tag >> 1 == _tag >> 1;
        _tag = tag;
        if (!Varint.TryRead(ref _rest, out ulong value))
            return false;
        if (!IsBytes)
        {
            Number = value;
            Bytes = default;
            return true;
        }

        if (value > (ulong)_rest.Length)
            return false;
        Number = 0;
        Bytes = _rest[..(int)value];
        _rest = _rest[(int)value..];
        return true;
    }
}
