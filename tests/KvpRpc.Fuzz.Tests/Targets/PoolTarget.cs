using System.Text;
using KvpRpc.Guest.Linux;
using KvpRpc.Transports;

namespace KvpRpc.Fuzz.Tests.Targets;

/// <summary>The bytes of a pool file, as any program in the guest may leave them.</summary>
/// <remarks>A record is 2,560 bytes; the fuzzer has short inputs. A byte of the input that says so is a run: its count
/// follows. The rest is taken as it is.</remarks>
internal static class PoolTarget
{
    private const byte Run = 0xF5; // No byte of UTF-8.
    private const int MaxFile = 64 << 10;

    internal static FuzzTarget Instance { get; } = new("pool", 512 << 10, input => Check(Expand(input.Span)));

    private static byte[] Expand(ReadOnlySpan<byte> input)
    {
        List<byte> file = new(input.Length);
        for (int i = 0; i < input.Length && file.Count < MaxFile; i++)
        {
            if (input[i] != Run || i + 3 >= input.Length)
            {
                file.Add(input[i]);
                continue;
            }

            int count = input[i + 1] | (input[i + 2] << 8);
            file.AddRange(Enumerable.Repeat(input[i + 3], Math.Min(count, MaxFile - file.Count)));
            i += 3;
        }

        return [.. file];
    }

    private static bool Check(byte[] file)
    {
        OwnKeys keys = new("kvprpc.default.");
        using PoolImage image = PoolImage.Of(file);
        Visitor visitor = new(file);
        bool leftOut = PoolReader.Visit(image, keys.FreePrefix, visitor);
        PoolProblems problems = new("the file", keys);
        problems.Update(image);
        Finding.Unless(problems.Current.Count <= 9, $"{problems.Current.Count} problems are reported");
        Finding.Unless(
            leftOut || visitor.Shown <= image.Count, $"{visitor.Shown} items come of {image.Count} records");
        foreach (KvpTransportProblem problem in problems.Current)
            Finding.Unless(problem.ToString().Length < 2000, $"a problem's text is too long");
        return visitor.Shown > 0;
    }

    private sealed class Visitor(byte[] file) : IKvpItemVisitor
    {
        private readonly HashSet<string> _keys = new(StringComparer.Ordinal);

        internal int Shown { get; private set; }

        public void Visit(ReadOnlySpan<char> key, ReadOnlySpan<char> value)
        {
            Shown++;
            Finding.Unless(_keys.Add(key.ToString()), $"a key is shown twice");
            Finding.Unless(key.IndexOf('\0') < 0 && value.IndexOf('\0') < 0, $"a text holds a NUL");
            byte[] keyBytes = Encoding.UTF8.GetBytes(key.ToString());
            Finding.Unless(file.AsSpan().IndexOf(keyBytes) >= 0, $"a key is not in the file");

            byte[] record = new byte[PoolRecord.Size];
            if (PoolEncoder.TryEncode(key, value, record) is null)
            {
                Finding.UnlessEqual(keyBytes, PoolRecord.Key(record), "a key");
                PoolRecord.TryCut(PoolRecord.ValueField(record), out ReadOnlySpan<byte> written);
                Finding.Unless(file.AsSpan().IndexOf(written) >= 0, $"a value is not in the file");
            }
        }
    }
}
