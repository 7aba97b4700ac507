using CsCheck;
using KvpRpc.Guest.Linux;
using KvpRpc.Transports;

namespace KvpRpc.Guest.Tests.Linux;

/// <summary>Lets the writer die after every byte: old, absent or new may be read, never a torn value.</summary>
public sealed class PoolWriterCrashTests
{
    private const string Prefix = GuestFolder.Prefix;

    private static readonly OwnKeys Keys = new(Prefix);

    private static readonly Gen<string> Value = Gen.OneOf(
        Gen.String[Gen.Char['a', 'z'], 0, 40],
        Gen.String[Gen.Char['\u4E00', '\u4EFF'], 1, 600],
        Gen.Const(new string('x', 1022)));

    private static readonly Gen<byte[]> Foreign = Gen.Select(
        Gen.Int[0, 9], Value, Gen.Byte, (number, value, stale) => PoolBytes.Record($"other.{number}", value, stale));

    private static readonly Gen<byte[]> NoText = Gen.Select(
        Gen.Byte.Array[1, 60],
        Gen.Byte.Array[2048],
        (key, value) => PoolBytes.Record([(byte)'o', 0xFF, .. key], value));

    private static readonly Gen<byte[]> Own = Gen.Select(
        Gen.Int[0, 5], Value, Gen.Byte, (number, value, stale) => PoolBytes.Record($"{Prefix}{number}", value, stale));

    private static readonly Gen<byte[]> DamagedOwn = Gen.OneOf(
        Gen.Int[0, 5].Select(number => PoolBytes.Record([.. Utf8($"{Prefix}{number}")], [0xE4, 0xB8])),
        Gen.Int[0, 5].Select(number => PoolBytes.Record([.. Utf8(Prefix), 0xC3], Utf8($"{number}"))),
        Gen.Int[0, 5].Select(number => PoolBytes.Record(Utf8($"{Prefix}{number}"), Utf8(new string('v', 2048)))));

    private static readonly Gen<byte[]> Blank = Gen.Const(new byte[PoolBytes.RecordSize]);

    private static readonly Gen<byte[]> Free = Gen.Int[0, 9].Select(n => PoolBytes.Record($"{Prefix}~{n}", "", 0x41));

    private static readonly Gen<byte[]> Table = Gen.Select(
        Gen.Frequency((4, Foreign), (1, NoText), (6, Own), (1, DamagedOwn), (1, Blank), (1, Free)).Array[0, 8],
        Gen.Frequency((3, Gen.Const(0)), (1, Gen.Int[1, 2559])),
        (records, tail) => PoolBytes.File([.. records, .. tail > 0 ? new[] { new byte[tail] } : []]));

    private static readonly Gen<KvpItemWrite[]> Batch = Gen.Select(Gen.Int[0, 7], Value, Gen.Int[0, 3])
        .Array[1, 4]
        .Select(items => items.DistinctBy(item => item.Item1).Select(item => new KvpItemWrite($"{Prefix}{item.Item1}")
        {
            Value = item.Item2.AsMemory(),
            IsDelete = item.Item3 == 0,
        }).ToArray());

    [Fact]
    public void A_batch_is_written_whatever_the_file_holds()
    {
        Gen.Select(Table, Batch).Sample((table, batch) =>
        {
            MemoryPool pool = new([.. table]);

            Assert.True(pool.Write(Keys, batch));

            Assert.All(batch, item => Assert.Equal(KvpWriteOutcome.Landed, item.Outcome));
            AssertWritten(table, pool, batch);
        });
    }

    [Fact]
    public void A_writer_that_dies_at_any_byte_leaves_old_absent_or_new_values_and_the_next_one_heals()
    {
        Gen.Select(Table, Batch, Gen.Int[0, 9000]).Sample((table, batch, lifetime) =>
        {
            IReadOnlyDictionary<string, string> before = new MemoryPool(table).Read(Keys);
            MemoryPool pool = new([.. table], lifetime);

            bool lived = pool.Write(Keys, batch);

            AssertOthersKept(table, pool.Bytes);
            AssertOldAbsentOrNew(before, pool.Read(Keys), batch);
            if (!lived)
            {
                MemoryPool next = new([.. pool.Bytes]);
                Assert.True(next.Write(Keys, batch));
                AssertWritten(table, next, batch);
            }
        }, iter: 3000);
    }

    [Fact]
    public void Every_byte_of_one_change_is_a_safe_moment_to_die()
    {
        string old = "old " + new string('\u4E00', 300);
        string young = "\u4E8C new " + new string('\u4E01', 400);
        (byte[] Table, string Key)[] cases =
        [
            ([.. PoolBytes.Record("other.1", "1", 7), .. PoolBytes.Record($"{Prefix}1", old, 9)], $"{Prefix}1"),
            ([.. PoolBytes.Record("other.1", "1", 7), .. PoolBytes.Record($"{Prefix}1", "", 9)], $"{Prefix}1"),
            ([.. PoolBytes.Record("other.1", "1", 7)], $"{Prefix}2"),
            ([.. new byte[2560], .. PoolBytes.Record("other.1", "1", 7)], $"{Prefix}3"),
            ([.. PoolBytes.Record($"{Prefix}~0", "", 9), .. PoolBytes.Record("other.1", "1", 7)], $"{Prefix}4"),
        ];
        foreach ((byte[] table, string key) in cases)
        {
            IReadOnlyDictionary<string, string> before = new MemoryPool(table).Read(Keys);
            bool lived = false;
            for (int lifetime = 0; !lived; lifetime++)
            {
                MemoryPool pool = new([.. table], lifetime);
                KvpItemWrite write = new(key) { Value = young.AsMemory() };

                lived = pool.Write(Keys, write);

                Assert.Equal(0, pool.Bytes.Length % PoolBytes.RecordSize);
                AssertOthersKept(table, pool.Bytes);
                AssertOldAbsentOrNew(before, pool.Read(Keys), [write]);
                Assert.All(PoolBytes.AsHostSees(pool.Bytes).Where(item => item.Key == key), item =>
                    Assert.Contains(item.Value, new[] { before.GetValueOrDefault(key, ""), "", young }));
            }
        }
    }

    private static byte[] Utf8(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    private static void AssertOldAbsentOrNew(
        IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after, KvpItemWrite[] batch)
    {
        Dictionary<string, string> written = batch.ToDictionary(
            item => item.Key, item => item.IsDelete ? "" : item.Value.ToString());
        IEnumerable<string> keys = before.Keys.Union(after.Keys);
        foreach (string key in keys.Where(key => key.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            string value = after.GetValueOrDefault(key, "");
            if (written.TryGetValue(key, out string? young))
                Assert.Contains(value, new[] { before.GetValueOrDefault(key, ""), "", young });
            else
                Assert.Equal(before.GetValueOrDefault(key, ""), value);
        }
    }

    private static void AssertWritten(byte[] table, MemoryPool pool, KvpItemWrite[] batch)
    {
        IReadOnlyDictionary<string, string> before = new MemoryPool(table).Read(Keys);
        IReadOnlyDictionary<string, string> after = pool.Read(Keys);
        AssertOthersKept(table, pool.Bytes);
        Assert.Equal(0, pool.Bytes.Length % PoolBytes.RecordSize);
        foreach (KvpItemWrite item in batch)
        {
            if (item.IsDelete)
                Assert.DoesNotContain(item.Key, after);
            else
                Assert.Equal(item.Value.ToString(), after[item.Key]);
        }

        IEnumerable<string> untouched = before.Keys.Where(key => !Array.Exists(batch, item => item.Key == key));
        Assert.All(untouched, key => Assert.Equal(before[key], after[key]));

        // Nothing of ours keeps the host from a record, and no key of ours shows it two.
        List<byte[]> own = [.. pool.Bytes.Chunk(PoolBytes.RecordSize).Where(record => Keys.IsOwn(record))];
        Assert.All(own, record => Assert.Equal(PoolRecordFault.None, PoolRecord.Inspect(record)));
        IEnumerable<string> keys = own.Where(record => !Keys.IsFree(record))
            .Select(record => PoolBytes.AsHostSees(record)[0].Key);
        Assert.Equal(keys.Distinct(), keys);
    }

    private static void AssertOthersKept(byte[] before, byte[] after)
    {
        for (int start = 0; start + PoolBytes.RecordSize <= before.Length; start += PoolBytes.RecordSize)
        {
            ReadOnlySpan<byte> record = before.AsSpan(start, PoolBytes.RecordSize);
            if (!Keys.IsOwn(record) && !PoolRecord.IsBlank(record))
                Assert.True(record.SequenceEqual(after.AsSpan(start, PoolBytes.RecordSize)), $"The record at {start}");
        }
    }
}
