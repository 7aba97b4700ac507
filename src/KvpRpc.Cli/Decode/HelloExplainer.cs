using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using KvpRpc.Cli.Demo;
using KvpRpc.Protocol.Alphabets;
using KvpRpc.Protocol.Hellos;
using KvpRpc.Protocol.Packets;
using KvpRpc.Protocol.Wire;

namespace KvpRpc.Cli.Decode;

/// <summary>Explains the bytes of a hello: <c>protocol/link.md</c>, "The hello".</summary>
internal sealed class HelloExplainer(ByteWalk walk)
{
    private const int Version = 1;
    private const int IdBytes = 16;
    private const int KeyBytes = 32;
    private const int FixedBytes = 71;
    private const byte Guest = 1;
    private const ulong MaxNumber = int.MaxValue;
    private const int MaxImplementationBytes = 64;

    private readonly HashSet<ulong> _seen = [];
    private bool _isGuest;
    private string _attempt = "";
    private string _answered = "";
    private string _versions = "";
    private int _length;

    /// <summary>Walks through the hello and gives it in one line.</summary>
    internal string Explain()
    {
        if (TakeHead() && TakeFields())
            CheckEnd();
        if (_attempt.Length == 0)
            return "hello, broken before its attempt id ends";
        string answers = _answered.Length > 0 ? $" that answers {_answered}" : _isGuest ? ", a beacon" : "";
        return $"hello of {(_isGuest ? "guest" : "host")} attempt {_attempt}{answers}, {_versions}";
    }

    private bool TakeHead()
    {
        if (!walk.TryPeek(2, "beginning", out ReadOnlySpan<byte> magic))
            return false;
        if (!magic.SequenceEqual("KV"u8))
            return walk.Fail("a hello begins with 4B 56, \"KV\"");
        walk.Take(2, "beginning", "\"KV\"");
        if (!walk.TryPeek(2, "range of versions", out ReadOnlySpan<byte> range))
            return false;
        (byte lowest, byte highest) = (range[0], range[1]);
        if (lowest == 0 || lowest > highest)
            return walk.Fail($"versions {lowest} to {highest} are no range: 1 <= lowest <= highest");
        if (lowest > Version)
            return walk.Fail($"the side speaks versions {lowest} to {highest}, and this tool knows version 1 only");
        _versions = lowest == highest ? $"version {lowest}" : $"versions {lowest} to {highest}";
        walk.Take(1, "lowest version", $"{lowest}");
        walk.Take(1, "highest version", $"{highest}");
        return TakeLength() && TakeRole() && TakeIds()
            && walk.TryTake(KeyBytes, "public key", "the attempt's ephemeral X25519 public key");
    }

    private bool TakeLength()
    {
        if (!walk.TryPeek(2, "length", out ReadOnlySpan<byte> length))
            return false;
        _length = BinaryPrimitives.ReadUInt16BigEndian(length);
        if (_length is < FixedBytes or > HelloCodec.MaxBytes)
        {
            return walk.Fail(
                $"the length says {_length} bytes, but a hello has {FixedBytes} to {HelloCodec.MaxBytes}");
        }

        walk.Take(2, "length", $"{_length} bytes, all of the hello");
        walk.End = Math.Min(_length, walk.Length);
        return true;
    }

    private bool TakeRole()
    {
        if (!walk.TryPeek(1, "role", out ReadOnlySpan<byte> role))
            return false;
        if (role[0] > Guest)
            return walk.Fail($"role {role[0]} is none: 0 is a host, 1 a guest");
        _isGuest = role[0] == Guest;
        walk.Take(1, "role", _isGuest ? "guest" : "host");
        return true;
    }

    private bool TakeIds()
    {
        if (!walk.TryPeek(IdBytes, "attempt id", out ReadOnlySpan<byte> attempt))
            return false;
        if (!attempt.ContainsAnyExcept((byte)0))
            return walk.Fail("the attempt id is all zeros");
        _attempt = Convert.ToHexStringLower(attempt);
        walk.Take(IdBytes, "attempt id", "drawn for this attempt");
        if (!walk.TryPeek(IdBytes, "answered id", out ReadOnlySpan<byte> answered))
            return false;
        bool answers = answered.ContainsAnyExcept((byte)0);
        if (answers && !_isGuest)
            return walk.Fail("the answered id is not zeros, but a host answers nothing");
        _answered = answers ? Convert.ToHexStringLower(answered) : "";
        walk.Take(IdBytes, "answered id", answers ? "the host's attempt that this hello answers" : "answers nothing");
        return true;
    }

    private bool TakeFields()
    {
        for (ulong field = 0; walk.Left > 0;)
        {
            ulong previous = field;
            if (!walk.TryTakeNumber("field", previous + 1, VarInt.Max, NameOf, out field)
                || !walk.TryTakeNumber("length of the field", 0, VarInt.Max, Bytes, out ulong count))
                return false;
            if (count > (ulong)walk.Left)
                return walk.Fail($"field {field} has {Bytes(count)}, of which {walk.Left} are there");
            _seen.Add(field);
            int end = walk.End;
            walk.End = walk.At + (int)count;
            if (!TakeValue(field))
                return false;
            if (walk.Left > 0)
                return walk.Fail($"{Text.Count(walk.Left, "byte")} behind the value of field {field}");
            walk.End = end;
        }

        return true;
    }

    private bool TakeValue(ulong field) => field switch
    {
        1 => TakeNumber(MaxNumber, bytes => $"messages of up to {Bytes(bytes)}"),
        2 => TakeNumber(MaxNumber, Bytes),
        3 => TakeNumber(MaxNumber, streams => streams == 1 ? "1 stream" : $"{streams} streams"),
        4 => TakeAlphabets(),
        5 => TakeNumber(1, _ => "mixes in a pre-shared key"),
        6 => TakeVmId(),
        7 => TakeLastAccepted(),
        8 => TakeImplementation(),
        _ => walk.TryTake(walk.Left, "value", "skipped"),
    };

    private bool TakeNumber(ulong max, Func<ulong, string> describe) =>
        walk.TryTakeNumber("value", 1, max, describe, out _);

    private bool TakeAlphabets()
    {
        if (VarInt.TryRead(Peek(), out ulong bits, out _) && (bits & 1) == 0)
            return walk.Fail($"the alphabets are {bits}, without base64, bit 0");
        return TakeNumber(
            byte.MaxValue,
            value => string.Join(
                ", ", Enumerable.Range(0, 8).Where(bit => (value >> bit & 1) != 0).Select(AlphabetOf)));
    }

    private bool TakeVmId()
    {
        if (_isGuest)
            return walk.Fail("a guest tells no VM id");
        if (walk.Left != IdBytes)
            return walk.Fail($"the VM id has {Text.Count(walk.Left, "byte")}, but must have {IdBytes}");
        Guid id = new(Peek(), bigEndian: true);
        return walk.TryTake(IdBytes, "value", $"{id}");
    }

    private bool TakeLastAccepted()
    {
        if (!walk.TryPeek(IdBytes, "attempt id of the earlier link", out ReadOnlySpan<byte> id))
            return false;
        if (!id.ContainsAnyExcept((byte)0))
            return walk.Fail("the attempt id of the earlier link is all zeros");
        walk.Take(IdBytes, "value, attempt id", "the peer's on the earlier link");
        return walk.TryTakeNumber(
            "value, packet number", 0, ItemLayout.NumberLimit - 1, number => number == 0 ? "none" : $"{number}", out _);
    }

    private bool TakeImplementation()
    {
        if (walk.Left is 0 or > MaxImplementationBytes)
        {
            return walk.Fail(
                $"the implementation has {Text.Count(walk.Left, "byte")}, but must have 1 to {MaxImplementationBytes}");
        }

        if (!Utf8.IsValid(Peek()))
            return walk.Fail("the implementation is not UTF-8");
        return walk.TryTake(walk.Left, "value", Encoding.UTF8.GetString(Peek()));
    }

    private void CheckEnd()
    {
        foreach (ulong field in (ulong[])[1, 2, 3, 4, 6])
        {
            if (!_seen.Contains(field) && (field != 6 || !_isGuest))
                walk.Fail($"field {NameOf(field)}, is missing");
        }

        if (walk.Length < _length)
            walk.Fail($"the hello ends here, but its length, at byte 4, says {_length} bytes");
        else if (walk.Length > _length)
            walk.Fail($"{Text.Count(walk.Length - _length, "byte")} behind the hello, whose length is {_length}");
    }

    private ReadOnlySpan<byte> Peek() => walk.TryPeek(walk.Left, "value", out ReadOnlySpan<byte> next) ? next : [];

    private static string Bytes(ulong count) => count == 1 ? "1 byte" : $"{count} bytes";

    private static string AlphabetOf(int number) =>
        Alphabet.All.FirstOrDefault(alphabet => alphabet.Number == number) is { } known
            ? AlphabetName.Of(known)
            : $"alphabet {number}, unknown";

    private static string NameOf(ulong field) => field switch
    {
        1 => "1, largest message that the side takes",
        2 => "2, credit of a new stream",
        3 => "3, streams that the peer may open",
        4 => "4, alphabets that the side reads",
        5 => "5, pre-shared key",
        6 => "6, the VM's id",
        7 => "7, last packet accepted of an earlier link",
        8 => "8, implementation",
        _ => $"{field}, unknown and skipped",
    };
}
