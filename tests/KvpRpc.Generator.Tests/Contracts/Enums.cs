namespace KvpRpc.Generator.Tests.Contracts;

public enum OnSByte : sbyte
{
    Least = sbyte.MinValue,
    Most = sbyte.MaxValue,
}

public enum OnByte : byte
{
    Least,
    Most = byte.MaxValue,
}

public enum OnInt16 : short
{
    Least = short.MinValue,
    Most = short.MaxValue,
}

public enum OnUInt16 : ushort
{
    Least,
    Most = ushort.MaxValue,
}

public enum OnUInt32 : uint
{
    Least,
    Most = uint.MaxValue,
}

public enum OnInt64 : long
{
    Least = long.MinValue,
    Most = long.MaxValue,
}

public enum OnUInt64 : ulong
{
    Least,
    Most = ulong.MaxValue,
}
