using System.Globalization;
using System.Text;
using System.Xml;

namespace KvpRpc.Host.Wmi;

/// <summary>The text of a pair in WMI's arrays of embedded instances: CIM DTD 2.0 XML.</summary>
/// <remarks>
/// <code>
/// &lt;INSTANCE CLASSNAME="Msvm_KvpExchangeDataItem"&gt;
///   &lt;PROPERTY NAME="Data" TYPE="string"&gt;&lt;VALUE&gt;value&lt;/VALUE&gt;&lt;/PROPERTY&gt;
///   &lt;PROPERTY NAME="Name" TYPE="string"&gt;&lt;VALUE&gt;key&lt;/VALUE&gt;&lt;/PROPERTY&gt;
///   &lt;PROPERTY NAME="Source" TYPE="uint16"&gt;&lt;VALUE&gt;1&lt;/VALUE&gt;&lt;/PROPERTY&gt;
/// &lt;/INSTANCE&gt;
/// </code>
/// Sources: DMTF DSP0203 (the DTD) and <c>Msvm_KvpExchangeDataItem</c> in Microsoft's reference of
/// <c>root\virtualization\v2</c>. A guest decides what stands in its pairs: whatever the text is, reading it costs
/// memory in proportion to its length, which is bounded, and never throws.
/// </remarks>
internal static class DataItemXml
{
    internal const string ClassName = "Msvm_KvpExchangeDataItem";

    /// <summary>The longest text that is read, in UTF-16 units: a key and a value of 2,048 each, all escaped, and the
    /// properties around them, many times over.</summary>
    internal const int MaxUnits = 64 * 1024;

    private static readonly XmlReaderSettings ReaderSettings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        MaxCharactersInDocument = MaxUnits,
    };

    private static readonly XmlWriterSettings WriterSettings = new()
    {
        OmitXmlDeclaration = true,
        NewLineHandling = NewLineHandling.Entitize,
    };

    /// <summary>Reads an instance.</summary>
    /// <returns>False for a text that is no such instance, or has no name; a pair without data has the empty
    /// one.</returns>
    internal static bool TryRead(string text, out DataItem item)
    {
        item = default;
        if (text.Length > MaxUnits)
            return false;
        try
        {
            using XmlReader reader = XmlReader.Create(new StringReader(text), ReaderSettings);
            return reader.MoveToContent() == XmlNodeType.Element && TryReadInstance(reader, out item)
                && IsAtEnd(reader);
        }
        catch (XmlException)
        {
            return false;
        }
    }

    /// <summary>Writes an instance for AddKvpItems and ModifyKvpItems.</summary>
    /// <exception cref="ArgumentException">The pair holds a character that XML 1.0 does not; see
    /// <see cref="CanWrite"/>.</exception>
    internal static string Write(in DataItem item)
    {
        StringBuilder text = new(256 + item.Name.Length + item.Data.Length);
        using (XmlWriter writer = XmlWriter.Create(text, WriterSettings))
        {
            writer.WriteStartElement("INSTANCE");
            writer.WriteAttributeString("CLASSNAME", ClassName);
            WriteProperty(writer, "Data", "string", item.Data);
            WriteProperty(writer, "Name", "string", item.Name);
            if (item.Source is { } source)
                WriteProperty(writer, "Source", "uint16", ((int)source).ToString(CultureInfo.InvariantCulture));
            writer.WriteEndElement();
        }

        return text.ToString();
    }

    /// <summary>Whether XML 1.0 holds all characters of a text: no control characters but TAB, LF and CR, no half of a
    /// surrogate pair, neither U+FFFE nor U+FFFF.</summary>
    internal static bool CanWrite(ReadOnlySpan<char> text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (XmlConvert.IsXmlChar(text[i]))
                continue;
            if (i + 1 >= text.Length || !XmlConvert.IsXmlSurrogatePair(text[i + 1], text[i]))
                return false;
            i++;
        }

        return true;
    }

    private static bool TryReadInstance(XmlReader reader, out DataItem item)
    {
        item = default;
        if (reader.Name != "INSTANCE" || !IsClass(reader.GetAttribute("CLASSNAME")))
            return false;
        string? name = null, data = null, source = null;
        if (reader.IsEmptyElement)
            return false;
        reader.Read();
        while (reader.NodeType != XmlNodeType.EndElement)
        {
            if (reader.NodeType != XmlNodeType.Element)
            {
                reader.Read();
                continue;
            }

            // Each at most once: what another reader would take from a second one is anybody's guess.
            string? property = reader.Name == "PROPERTY" ? reader.GetAttribute("NAME") : null;
            bool isNew = property switch
            {
                "Name" => TryReadValue(reader, ref name),
                "Data" => TryReadValue(reader, ref data),
                "Source" => TryReadValue(reader, ref source),
                _ => SkipElement(reader),
            };
            if (!isNew)
                return false;
        }

        reader.Read();
        if (string.IsNullOrEmpty(name))
            return false;
        item = new DataItem(name, data ?? "", ParseSource(source));
        return true;
    }

    private static bool IsClass(string? name) => string.Equals(name, ClassName, StringComparison.OrdinalIgnoreCase);

    private static DataItemSource? ParseSource(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && Enum.IsDefined((DataItemSource)number)
            ? (DataItemSource)number
            : null;

    // Leaves the reader behind the property. One without a VALUE is null in CIM, and the empty text here.
    private static bool TryReadValue(XmlReader reader, ref string? value)
    {
        if (value is not null)
            return false;
        value = "";
        if (reader.IsEmptyElement)
            return SkipElement(reader);
        bool hasValue = false;
        reader.Read();
        while (reader.NodeType != XmlNodeType.EndElement)
        {
            if (reader.NodeType == XmlNodeType.Element && reader.Name == "VALUE")
            {
                if (hasValue)
                    return false;
                hasValue = true;
                value = reader.ReadElementContentAsString();
            }
            else if (reader.NodeType == XmlNodeType.Element)
            {
                SkipElement(reader);
            }
            else
            {
                reader.Read();
            }
        }

        reader.Read();
        return true;
    }

    private static bool SkipElement(XmlReader reader)
    {
        reader.Skip();
        return true;
    }

    // The rest is read too: what follows the element must be well-formed and no element.
    private static bool IsAtEnd(XmlReader reader)
    {
        while (!reader.EOF)
        {
            if (reader.NodeType is XmlNodeType.Element or XmlNodeType.Text)
                return false;
            reader.Read();
        }

        return true;
    }

    private static void WriteProperty(XmlWriter writer, string name, string type, string value)
    {
        writer.WriteStartElement("PROPERTY");
        writer.WriteAttributeString("NAME", name);
        writer.WriteAttributeString("TYPE", type);
        writer.WriteElementString("VALUE", value);
        writer.WriteEndElement();
    }
}
