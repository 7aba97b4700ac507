using System.Buffers;
using KvpRpc.Generator.Tests.Contracts;

namespace KvpRpc.Generator.Tests;

/// <summary>The generated serializers against MessagePack-CSharp.</summary>
public sealed class ByteTests
{
    public static TheoryData<int, string> Cases =>
        [.. ValueTable.All.Select((value, index) => (index, value.ToString()))];

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_is_written_is_byte_for_byte_what_MessagePack_writes(int index, string type)
    {
        ValueCase value = Find(index, type);
        for (int i = 0; i < value.Count; i++)
            Assert.Equal(value.Expected(i), value.Write(i));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_MessagePack_writes_is_read_as_it_was(int index, string type)
    {
        ValueCase value = Find(index, type);
        for (int i = 0; i < value.Count; i++)
        {
            byte[] bytes = value.Expected(i);
            byte[] expected = value.Reread(bytes);
            Assert.Equal(expected, value.ReadAndExpect(new ReadOnlySequence<byte>(bytes)));
            Assert.Equal(expected, value.ReadAndExpect(Pieces.Of(bytes)));
        }
    }

    [Fact]
    public void Every_type_of_the_contracts_is_in_the_table()
    {
        Type[] counting = [typeof(Counting), typeof(CountingStruct), typeof(CountingHidden)];
        IEnumerable<Type> missing =
            Serializers.Types.Except(ValueTable.All.Select(value => value.Type)).Except(counting);

        Assert.Empty(missing);
    }

    private static ValueCase Find(int index, string type)
    {
        ValueCase value = ValueTable.All.ElementAt(index);
        Assert.Equal(type, value.ToString());
        return value;
    }
}
