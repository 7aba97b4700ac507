namespace KvpRpc.Calls;

/// <summary>Writes the fields of a header, in ascending order of their numbers, into a span that is large
/// enough.</summary>
internal ref struct FieldWriter(Span<byte> target)
{
    private readonly Span<byte> _target = target;

    /// <summary>Gets how many bytes were written.</summary>
    internal int Length { get; private set; }

    internal static int GetLength(CallField field, ulong value) =>
        Varint.GetLength((ulong)field << 1) + Varint.GetLength(value);

    internal static int GetLength(CallField field, ReadOnlySpan<byte> value) =>
        Varint.GetLength((ulong)field << 1) + Varint.GetLength((ulong)value.Length) + value.Length;

    internal void Write(CallField field, ulong value)
    {
        Length += Varint.Write(_target[Length..], (ulong)field << 1);
        Length += Varint.Write(_target[Length..], value);
    }

    internal void Write(CallField field, ReadOnlySpan<byte> value)
    {
        Length += Varint.Write(_target[Length..], ((ulong)field << 1) | 1);
        Length += Varint.Write(_target[Length..], (ulong)value.Length);
        WriteRaw(value);
    }

    /// <summary>Writes fields that are encoded already.</summary>
    internal void WriteRaw(ReadOnlySpan<byte> fields)
    {
        fields.CopyTo(_target[Length..]);
        Length += fields.Length;
    }
}
