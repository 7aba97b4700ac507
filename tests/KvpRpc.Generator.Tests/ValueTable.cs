using System.Buffers;
using System.Numerics;
using System.Text;
using KvpRpc.Generator.Tests.Contracts;

namespace KvpRpc.Generator.Tests;

/// <summary>Values of every type that crosses, for all tests of bytes.</summary>
internal static class ValueTable
{
    internal static IEnumerable<ValueCase> All { get; } =
        [.. Numbers(), .. Texts(), .. Times(), .. Enums(), .. CollectionTable.All, .. ObjectTable.All];

    internal static ValueCase Of<T>(params T[] values) => new ValueCase<T>(values);

    private static IEnumerable<ValueCase> Numbers() =>
    [
        Of(true, false),
        Of('\0', 'a', 'ä', '\uffff'),
        Of<sbyte>(0, -1, -32, -33, sbyte.MinValue, sbyte.MaxValue),
        Of<byte>(0, 127, 128, 255),
        Of<short>(0, -1, -32, -33, -128, -129, 127, 128, 255, 256, short.MinValue, short.MaxValue),
        Of<ushort>(0, 127, 128, 255, 256, ushort.MaxValue),
        Of(0, -1, -32, -33, -129, -32769, 127, 128, 255, 256, 65535, 65536, int.MinValue, int.MaxValue),
        Of<uint>(0, 127, 128, 255, 256, 65535, 65536, uint.MaxValue),
        Of(0L, -1L, -2147483649L, 4294967295L, 4294967296L, long.MinValue, long.MaxValue),
        Of(0UL, 4294967296UL, ulong.MaxValue),
        Of(0f, -0f, 1.5f, float.NaN, float.PositiveInfinity, float.Epsilon, float.MaxValue),
        Of(0d, -0d, 1.5, double.NaN, double.NegativeInfinity, double.Epsilon, double.MaxValue),
        Of(0m, -1.50m, 1e-28m, decimal.MinValue, decimal.MaxValue, -7.9228162514264337593543950335m),
        Of((Half)0, (Half)1.5, Half.MaxValue, Half.NaN),
        Of(Int128.Zero, Int128.MinValue, Int128.MaxValue),
        Of(UInt128.Zero, UInt128.MaxValue),
        Of(BigInteger.Zero, BigInteger.MinusOne, BigInteger.Pow(2, 1000), -BigInteger.Pow(7, 2000)),
        Of<int?>(null, 0, -5),
        Of<bool?>(null, true),
        Of<decimal?>(null, 1.5m),
    ];

    private static IEnumerable<ValueCase> Texts() =>
    [
        Of<string?>(null, "", "a", "ä€😀", new string('x', 31), new string('x', 32), new string('y', 300), Long(70000)),
        Of<byte[]?>(null, [], [1], new byte[255], new byte[256], new byte[70000]),
        Of<Memory<byte>>(default, new byte[] { 1, 2 }),
        Of<ReadOnlyMemory<byte>>(default, new byte[] { 1, 2 }),
        Of<ArraySegment<byte>>(default, new ArraySegment<byte>([1, 2, 3], 1, 1), ArraySegment<byte>.Empty),
        Of<ReadOnlySequence<byte>>(default, new(new byte[] { 1, 2, 3 }), Pieces.Of(new byte[] { 1, 2, 3, 4, 5 })),
        Of<ReadOnlyMemory<byte>?>(null, new byte[] { 5 }),
        Of<Uri?>(null, new("http://example.org/a b?c=ü"), new("relative/path", UriKind.Relative)),
        Of<Version?>(null, new(1, 2), new(1, 2, 3, 4)),
        Of<StringBuilder?>(null, new(""), new("text")),
        Of(new Rune('a'), new Rune(0x1F600)),
        Of(Guid.Empty, Guid.Parse("01234567-89ab-cdef-0123-456789ABCDEF")),
        Of<Guid?>(null, Guid.Empty),
    ];

    private static IEnumerable<ValueCase> Times() =>
    [
        Of(
            DateTime.UnixEpoch,
            DateTime.MaxValue.ToUniversalTime(),
            DateTime.SpecifyKind(DateTime.MinValue, DateTimeKind.Utc),
            new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc).AddTicks(1),
            new DateTime(1960, 1, 1, 0, 0, 0, DateTimeKind.Utc)),
        Of<DateTime?>(null, DateTime.UnixEpoch),
        Of(DateTimeOffset.UnixEpoch, new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromMinutes(-570))),
        Of(TimeSpan.Zero, TimeSpan.MinValue, TimeSpan.FromTicks(123456789)),
        Of(DateOnly.MinValue, DateOnly.MaxValue, new DateOnly(2026, 11, 22)),
        Of(TimeOnly.MinValue, TimeOnly.MaxValue),
    ];

    private static IEnumerable<ValueCase> Enums() =>
    [
        Of(OnSByte.Least, OnSByte.Most, (OnSByte)5),
        Of(OnByte.Least, OnByte.Most),
        Of(OnInt16.Least, OnInt16.Most),
        Of(OnUInt16.Least, OnUInt16.Most),
        Of(DayOfWeek.Sunday, DayOfWeek.Friday, (DayOfWeek)(-1000)),
        Of<DayOfWeek?>(null, DayOfWeek.Friday),
        Of(OnUInt32.Least, OnUInt32.Most),
        Of(OnInt64.Least, OnInt64.Most),
        Of(OnUInt64.Least, OnUInt64.Most),
    ];

    private static string Long(int length) => string.Create(length, 0, static (span, _) =>
    {
        for (int i = 0; i < span.Length; i++)
            span[i] = (char)('a' + (i % 26));
    });
}
