using System.Runtime.Serialization;
using MessagePack;

namespace KvpRpc.Generator.Tests.Contracts;

[MessagePackObject]
public sealed class Gaps
{
    [Key(6)]
    public string? Last { get; set; }

    [Key(1)]
    public int Number { get; set; } = 17;

    [Key(3)]
    public List<int>? List { get; set; } = [1];

    [IgnoreMember]
    public int Ignored { get; set; }

    [IgnoreDataMember]
    public int AlsoIgnored { get; set; }

    [Key(4)]
    public readonly int Fixed = 4;

    [Key(5)]
    public byte[]? Field;
}

[MessagePackObject]
public sealed class Empty;

[MessagePackObject(keyAsPropertyName: true)]
public sealed class Named
{
    public int Zahl { get; set; } = 3;

    public string? Größe { get; set; } = "x";

    public double Field = 2;

    public int ReadOnly => 5;

    [IgnoreMember]
    public int Ignored { get; set; }

    public string ANameThatIsLongerThanThirtyOneBytesInAll { get; set; } = "";
}

[MessagePackObject]
public sealed class NamedKeys
{
    [Key("first")]
    public int A { get; set; }

    [Key("quote\"\\")]
    public string? B { get; set; } = "b";

    [Key("ä")]
    public bool C { get; set; }
}

[MessagePackObject]
public struct Point
{
    [Key(0)]
    public int X { get; set; }

    [Key(1)]
    public int Y;
}

[MessagePackObject]
public sealed record Person(
    [property: Key(0)] string? Name, [property: Key(1)] int Age, [property: Key(2)] Person? Parent = null)
{
    [Key(3)]
    public string? Note { get; set; } = "none";
}

[MessagePackObject(keyAsPropertyName: true)]
public sealed record NamedPerson(string Name, int Age)
{
    public string? Note { get; init; } = "none";
}

[MessagePackObject]
public readonly record struct Span([property: Key(0)] long Start, [property: Key(1)] long End);

[MessagePackObject]
public sealed class Chosen
{
    [SerializationConstructor]
    public Chosen(int a) => A = a;

    public Chosen(int a, int b) => (A, B) = (a, b);

    [Key(0)]
    public int A { get; }

    [Key(1)]
    public int B { get; set; }
}

[MessagePackObject]
public sealed class Init
{
    [Key(0)]
    public int A { get; init; } = 7;

    [Key(1)]
    public string? B { get; init; } = "seven";

    [Key(2)]
    public int C { get; set; } = 9;
}

[MessagePackObject(keyAsPropertyName: true)]
public sealed class NamedInit
{
    public int A { get; init; } = 7;

    public string? B { get; set; } = "seven";
}

[MessagePackObject]
public sealed class Required
{
    [Key(0)]
    public required string Name { get; set; }

    [Key(1)]
    public required int Age { get; init; }

    [Key(2)]
    public int Free { get; init; } = 5;
}

[MessagePackObject]
public class Base
{
    [Key(1)]
    public virtual int Number { get; set; }

    [Key(0)]
    public string? Text { get; set; }
}

[MessagePackObject]
public sealed class Derived : Base
{
    public override int Number { get; set; } = 2;

    [Key(2)]
    public bool Flag { get; set; }
}

[MessagePackObject(keyAsPropertyName: true)]
public class NamedBase
{
    public int Number { get; set; }

    public virtual int Virtual { get; set; }

    public int Field;
}

[MessagePackObject(keyAsPropertyName: true)]
public sealed class NamedDerived : NamedBase
{
    public string? Own { get; set; }

    public override int Virtual { get; set; }
}

[MessagePackObject(keyAsPropertyName: true)]
public sealed class Hiding : NamedBase
{
    public new string? Number { get; set; }
}

[MessagePackObject(keyAsPropertyName: true)]
public sealed class HidingSame : NamedBase
{
    public string? Own { get; set; }

    public new int Number { get; set; }
}

[MessagePackObject]
public sealed class ReadOnlyMembers
{
    [Key(0)]
    public int A { get; set; }

    [Key(1)]
    public int Twice => A * 2;

    [Key(2)]
    public string Text { get; private set; } = "kept";

    [Key(3)]
    public int B { get; set; }
}

[MessagePackObject]
public sealed class @Keyword
{
    [Key(0)]
    public int @class { get; set; }

    [Key(1)]
    public required int @event { get; init; }
}

[DataContract]
public sealed class DataContracted
{
    [DataMember(Name = "b")]
    public int B { get; set; }

    [DataMember]
    public string? A { get; set; }

    public int Ignored { get; set; }
}
