using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace KvpRpc.Generator.Parser;

/// <summary>Writes default values of parameters as C#.</summary>
internal static class DefaultValues
{
    /// <summary>The default value as an expression of the parameter's type; null where there is none.</summary>
    internal static string? Of(IParameterSymbol parameter)
    {
        if (parameter.IsParams)
            return "[]";
        if (!parameter.HasExplicitDefaultValue)
            return null;
        object? value = parameter.ExplicitDefaultValue;
        string? literal = value switch
        {
            null => null,
            float.NaN or double.NaN => "double.NaN",
            float.PositiveInfinity or double.PositiveInfinity => "double.PositiveInfinity",
            float.NegativeInfinity or double.NegativeInfinity => "double.NegativeInfinity",
            float single => single.ToString("R", CultureInfo.InvariantCulture) + "F",
            double number => number.ToString("R", CultureInfo.InvariantCulture) + "D",
            decimal number => number.ToString(CultureInfo.InvariantCulture) + "M",
            _ => SymbolDisplay.FormatPrimitive(value, quoteStrings: true, useHexadecimalNumbers: false),
        };
        return literal is null ? $"default({parameter.Type.Use()})" : $"({parameter.Type.Use()})({literal})";
    }
}
