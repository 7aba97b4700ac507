using KvpRpc.Host.Wmi;

namespace KvpRpc.Host.Tests.Wmi;

/// <summary>Pairs as WMI shows them, and as other programs in a guest may leave them.</summary>
public sealed class DataItemXmlTests
{
    // With the properties that every instance on a host has, in its order: alphabetical.
    private const string Shown =
        """
        <INSTANCE CLASSNAME="Msvm_KvpExchangeDataItem"><PROPERTY NAME="Caption" TYPE="string"></PROPERTY><PROPERTY
        NAME="Data" TYPE="string"><VALUE>10.0.20348</VALUE></PROPERTY><PROPERTY NAME="Description" TYPE="string">
        </PROPERTY><PROPERTY NAME="ElementName" TYPE="string"/><PROPERTY NAME="InstanceID" TYPE="string"></PROPERTY>
        <PROPERTY NAME="Name" TYPE="string"><VALUE>OSVersion</VALUE></PROPERTY><PROPERTY NAME="Source"
        TYPE="uint16"><VALUE>2</VALUE></PROPERTY></INSTANCE>
        """;

    [Fact]
    public void An_instance_with_all_its_properties_is_read()
    {
        Assert.True(DataItemXml.TryRead(Shown, out DataItem item));
        Assert.Equal(new DataItem("OSVersion", "10.0.20348", DataItemSource.Intrinsic), item);
    }

    [Theory]
    [InlineData("key", "value")]
    [InlineData("a<b>&\"'", "]]> <!-- \t\n\r\n\u0085\u2028")]
    [InlineData("  spaces  ", "")]
    [InlineData("grün", "\U0001F600 \uD7FF\uE000\uFFFD")]
    public void What_is_written_is_read_as_it_was(string name, string data)
    {
        DataItem item = new(name, data, DataItemSource.Host);
        Assert.True(DataItemXml.CanWrite(name) && DataItemXml.CanWrite(data));
        Assert.True(DataItemXml.TryRead(DataItemXml.Write(in item), out DataItem read));
        Assert.Equal(item, read);
    }

    [Fact]
    public void A_text_that_XML_does_not_hold_is_not_written()
    {
        // Not as arguments of a theory: attributes are stored as UTF-8, which does not hold half of a pair.
        foreach (string text in new[] { "\0", "a\u0001", "\uD800", "a\uDC00b", "\uDC00\uD800", "\uFFFE" })
        {
            Assert.False(DataItemXml.CanWrite(text));
            Assert.Throws<ArgumentException>(() => DataItemXml.Write(new DataItem("key", text, null)));
        }
    }

    [Fact]
    public void A_pair_without_data_has_the_empty_one_and_one_of_an_unknown_source_has_none()
    {
        const string name = """<PROPERTY NAME="Name"><VALUE>n</VALUE></PROPERTY>""";
        Assert.True(DataItemXml.TryRead(Instance(name), out DataItem item));
        Assert.Equal(new DataItem("n", "", null), item);

        const string source = """<PROPERTY NAME="Source"><VALUE>3</VALUE></PROPERTY>""";
        Assert.True(DataItemXml.TryRead(Instance(name + source), out item));
        Assert.Null(item.Source);
    }

    [Theory]
    [InlineData("")]
    [InlineData("text")]
    [InlineData("<INSTANCE/>")]
    [InlineData("<INSTANCE CLASSNAME=\"Msvm_KvpExchangeDataItem\"/>")]
    [InlineData("<INSTANCE CLASSNAME=\"Other\"><PROPERTY NAME=\"Name\"><VALUE>n</VALUE></PROPERTY></INSTANCE>")]
    [InlineData("<!DOCTYPE a [<!ENTITY e \"x\">]><INSTANCE CLASSNAME=\"Msvm_KvpExchangeDataItem\"/>")]
    public void What_is_no_instance_is_refused(string text) => Assert.False(DataItemXml.TryRead(text, out _));

    [Theory]
    [InlineData("""<PROPERTY NAME="Data"><VALUE>d</VALUE></PROPERTY>""")]
    [InlineData("""<PROPERTY NAME="Name"><VALUE></VALUE></PROPERTY>""")]
    [InlineData("""<PROPERTY NAME="Name"><VALUE>a</VALUE><VALUE>b</VALUE></PROPERTY>""")]
    [InlineData("""<PROPERTY NAME="Name"><VALUE>a<b/></VALUE></PROPERTY>""")]
    [InlineData("""
        <PROPERTY NAME="Name"><VALUE>a</VALUE></PROPERTY><PROPERTY NAME="Name"><VALUE>b</VALUE></PROPERTY>
        """)]
    [InlineData("""<PROPERTY NAME="Name"><VALUE>a&#1;</VALUE></PROPERTY>""")]
    [InlineData("""<PROPERTY NAME="Name"><VALUE>&unknown;</VALUE></PROPERTY>""")]
    public void An_instance_that_is_ambiguous_or_damaged_is_refused(string properties) =>
        Assert.False(DataItemXml.TryRead(Instance(properties), out _));

    [Fact]
    public void A_text_cut_at_any_length_is_refused()
    {
        for (int length = 0; length < Shown.Length; length++)
            Assert.False(DataItemXml.TryRead(Shown[..length], out _));
        Assert.False(DataItemXml.TryRead(Shown + "<a/>", out _));
    }

    [Fact]
    public void A_text_beyond_all_measure_costs_nothing()
    {
        string name = new('n', DataItemXml.MaxUnits);
        string text = Instance($"""<PROPERTY NAME="Name"><VALUE>{name}</VALUE></PROPERTY>""");
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(DataItemXml.TryRead(text, out _));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
    }

    [Fact]
    public void Elements_within_elements_do_not_end_the_stack()
    {
        string deep = string.Concat(Enumerable.Repeat("<a>", 20_000));
        Assert.False(DataItemXml.TryRead(Instance(deep), out _));
    }

    private static string Instance(string properties) =>
        $"""<INSTANCE CLASSNAME="Msvm_KvpExchangeDataItem">{properties}</INSTANCE>""";
}
