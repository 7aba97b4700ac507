using System.Buffers;
using System.Numerics;
using System.Text;

namespace KvpRpc.Generator.Tests.Contracts;

/// <summary>A method for each type that has a form of its own.</summary>
public interface IPrimitiveValues
{
    Task<bool> Boolean(bool value);

    Task<char> Char(char value);

    Task<sbyte> SByte(sbyte value);

    Task<byte> Byte(byte value);

    Task<short> Int16(short value);

    Task<ushort> UInt16(ushort value);

    Task<int> Int32(int value);

    Task<uint> UInt32(uint value);

    Task<long> Int64(long value);

    Task<ulong> UInt64(ulong value);

    Task<float> Single(float value);

    Task<double> Double(double value);

    Task<decimal> Decimal(decimal value);

    Task<string?> Text(string? value);

    Task<byte[]?> Bytes(byte[]? value);

    Task<Memory<byte>> Memory(Memory<byte> value);

    Task<ReadOnlyMemory<byte>> ReadOnlyMemory(ReadOnlyMemory<byte> value);

    Task<ArraySegment<byte>> Segment(ArraySegment<byte> value);

    Task<ReadOnlySequence<byte>> Sequence(ReadOnlySequence<byte> value);

    Task<Guid> Guid(Guid value);

    Task<DateTime> DateTime(DateTime value);

    Task<DateTimeOffset> DateTimeOffset(DateTimeOffset value);

    Task<TimeSpan> TimeSpan(TimeSpan value);

    Task<DateOnly> DateOnly(DateOnly value);

    Task<TimeOnly> TimeOnly(TimeOnly value);

    Task<Uri?> Uri(Uri? value);

    Task<Version?> Version(Version? value);

    Task<StringBuilder?> StringBuilder(StringBuilder? value);

    Task<BigInteger> BigInteger(BigInteger value);

    Task<Int128> Int128(Int128 value);

    Task<UInt128> UInt128(UInt128 value);

    Task<Half> Half(Half value);

    Task<Rune> Rune(Rune value);

    Task<OnSByte> OnSByte(OnSByte value);

    Task<OnByte> OnByte(OnByte value);

    Task<OnInt16> OnInt16(OnInt16 value);

    Task<OnUInt16> OnUInt16(OnUInt16 value);

    Task<DayOfWeek> DayOfWeek(DayOfWeek value);

    Task<OnUInt32> OnUInt32(OnUInt32 value);

    Task<OnInt64> OnInt64(OnInt64 value);

    Task<OnUInt64> OnUInt64(OnUInt64 value);

    Task<int?> NullableInt32(int? value);

    Task<bool?> NullableBoolean(bool? value);

    Task<Guid?> NullableGuid(Guid? value);

    Task<DateTime?> NullableDateTime(DateTime? value);

    Task<decimal?> NullableDecimal(decimal? value);

    Task<DayOfWeek?> NullableEnum(DayOfWeek? value);

    Task<ReadOnlyMemory<byte>?> NullableMemory(ReadOnlyMemory<byte>? value);
}
