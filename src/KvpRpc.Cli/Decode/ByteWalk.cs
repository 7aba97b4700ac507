using KvpRpc.Cli.Demo;
using KvpRpc.Protocol.Wire;

namespace KvpRpc.Cli.Decode;

/// <summary>Goes through bytes from the first to the last and notes what each stretch is, up to the first that breaks a
/// rule.</summary>
internal sealed class ByteWalk(byte[] bytes)
{
    private readonly List<Part> _parts = [];

    /// <summary>Gets where the next stretch begins.</summary>
    internal int At { get; private set; }

    /// <summary>Gets or sets where the stretches end that may be taken now.</summary>
    internal int End { get; set; } = bytes.Length;

    internal int Length => bytes.Length;

    internal Fault? Fault { get; private set; }

    internal int Left => End - At;

    /// <summary>Notes that the bytes break here; gives false.</summary>
    internal bool Fail(string reason)
    {
        Fault ??= new(Fault.Byte, At, reason);
        return false;
    }

    /// <summary>Gives the next bytes without taking them; false, with a fault, when they are not all there.</summary>
    internal bool TryPeek(int count, string name, out ReadOnlySpan<byte> next)
    {
        next = default;
        if (Fault is not null)
            return false;
        if (count > Left)
            return Fail($"the {name} has {Text.Count(count, "byte")}, of which {Left} are there");
        next = bytes.AsSpan(At, count);
        return true;
    }

    /// <summary>Takes bytes that <see cref="TryPeek"/> has shown.</summary>
    internal void Take(int count, string name, string value, bool isSealed = false)
    {
        if (count == 0)
            return;
        string? raw = isSealed ? null : Convert.ToHexStringLower(bytes, At, count);
        _parts.Add(new(At, count, name, value, raw));
        At += count;
    }

    internal bool TryTake(int count, string name, string value)
    {
        if (!TryPeek(count, name, out _))
            return false;
        Take(count, name, value);
        return true;
    }

    /// <summary>Takes bytes that say what was sealed there.</summary>
    internal void Take(int count, string name, string value, string? raw)
    {
        _parts.Add(new(At, count, name, value, raw));
        At += count;
    }

    /// <summary>Takes a varint; false, with a fault, when it is not spelled as one or out of its range.</summary>
    internal bool TryTakeNumber(
        string name, ulong min, ulong max, Func<ulong, string> describe, out ulong number)
    {
        number = 0;
        if (Fault is not null)
            return false;
        ReadOnlySpan<byte> rest = bytes.AsSpan(At, Left);
        if (!VarInt.TryRead(rest, out ulong read, out int count))
            return Fail($"the {name} {WhyNoNumber(rest)}");
        if (read < min || read > max)
        {
            string range = max == VarInt.Max ? $"at least {min}" : $"{min} to {max}";
            return Fail($"the {name} is {read}, but must be {range}");
        }

        number = read;
        Take(count, name, describe(read));
        return true;
    }

    /// <summary>Gives all stretches; what is behind the fault is the last one.</summary>
    internal IReadOnlyList<Part> Finish()
    {
        End = bytes.Length;
        Take(Left, "rest", "not explained: what stands before it is broken");
        return _parts;
    }

    private static string WhyNoNumber(ReadOnlySpan<byte> rest)
    {
        int last = rest.IndexOfAnyInRange((byte)0, (byte)0x7F);
        return last switch
        {
            < 0 when rest.Length < VarInt.MaxBytes => "is a varint that is cut short",
            > 0 and < VarInt.MaxBytes when rest[last] == 0 => "is a varint in more bytes than it needs",
            _ => "is a varint above 2^62 - 1",
        };
    }
}
