//! The functions that templates call, with the kinds of their parameters and results.
//!
//! Left out are functions whose results differ each time (`rand*`, `uuidv4`, `now`, `ago`, `shuffle`, `gen*`, `bcrypt`,
//! `htpasswd`, `encryptAES`), and `derivePassword`, which takes a tenth of a second. The results of `keys` and `values` are
//! sorted by the caller.

/// A function. Each parameter is a letter, see [`crate::generate::expressions`]; a `*` after it repeats it.
pub struct Function {
    pub family: &'static str,
    pub name: &'static str,
    pub parameters: &'static str,
    pub result: char,
}

/// `NAME PARAMETERS RESULT` of functions by family. `-` means no parameters.
const TABLE: &[(&str, &str)] = &[
    (
        "strings",
        "abbrev Ss s,abbrevboth SSs s,trunc Is s,substr IIs s,upper s s,lower s s,title s s,untitle s s,trim s s,trimAll ss s,\
         trimall ss s,trimPrefix ss s,trimSuffix ss s,nospace s s,initials s s,swapcase s s,camelcase s s,kebabcase s s,snakecase s s,\
         repeat Ss s,indent Ss s,nindent Ss s,quote a* s,squote a* s,cat a* s,contains ss b,hasPrefix ss b,hasSuffix ss b,replace sss s,\
         wrap Ss s,wrapWith Sss s,plural ssi s,split ss z,splitn sSs z,splitList ss l,join sl s,join sa s,toStrings l l,sortAlpha l l,\
         toString a s,hello - s,quote s s,upper s s,getHostByName s s",
    ),
    (
        "numbers",
        "add n* n,add1 n n,sub nn n,mul nn* n,div nn n,mod nn n,max nn* n,min nn* n,biggest nn n,addf n* f,add1f n f,subf nn* f,\
         mulf nn* f,divf nn* f,maxf nn* f,minf nn* f,ceil n f,floor n f,round nS f,round nSn f,int a i,int64 a n,float64 a f,atoi s i,\
         toDecimal a n,until S l,untilStep SSS l,seq S* s,len l i,int n i,int s i,float64 s f,add nn n,min ii* n",
    ),
    (
        "lists",
        "list a* l,tuple a* l,first l a,last l a,rest l l,initial l l,reverse l l,uniq l l,without la* l,has al b,append la l,push la l,\
         prepend la l,concat l* l,slice l l,slice lO l,slice lOS l,chunk Sl l,compact l l,mustFirst l a,mustLast l a,mustRest l l,\
         mustInitial l l,mustReverse l l,mustUniq l l,mustWithout la* l,mustHas al b,mustAppend la l,mustPush la l,mustPrepend la l,\
         mustSlice lO l,mustChunk Sl l,mustCompact l l,index lO a,index lOO a,len l i,list a* l,until S l,splitList ss l",
    ),
    (
        "dicts",
        "dict ka m,dict kaka m,dict kakaka m,dict a* m,get mk a,set Mkq M,unset Mk M,hasKey mk b,pick mk* m,omit mk* m,pluck km* l,\
         dig kam a,dig kkam a,merge MD m,merge MDD m,mergeOverwrite MD m,mergeOverwrite MDD m,mustMerge MD m,mustMergeOverwrite MD m,\
         deepCopy a a,deepCopy m m,mustDeepCopy m m,index mk a,index mkk a,len m i,deepEqual aa b,dict ka m",
    ),
    (
        "flow",
        "default aa a,coalesce a* a,all a* b,any a* b,empty a b,ternary aab a,required sa a,kindOf a s,kindIs oa b,typeOf a s,typeIs oa b,\
         typeIsLike oa b,deepEqual aa b,not a b,and aa* a,or aa* a,fail s s,default ss s,ternary ssb s",
    ),
    (
        "builtins",
        "eq aa b,eq aaa b,eq ss b,eq nn b,ne aa b,ne ss b,lt nn b,le ss b,gt nn b,ge aa b,eq ii b,lt ii b,len a i,index lO a,index mk a,\
         index aa a,print a* s,println a* s,html a* s,js a* s,urlquery a* s,not a b,and aa* a,or aa* a,call aa a,lt ff b",
    ),
    (
        "printf",
        "printf Fa s,printf Faa s,printf Faaa s,printf F s,printf Fs s,printf Fn s,printf Ff s,printf Fi s,printf Fl s,printf Fm s",
    ),
    (
        "documents",
        "toYaml a s,toYaml m s,toYamlPretty a s,mustToYaml a s,toJson a s,mustToJson a s,toRawJson a s,mustToRawJson a s,toPrettyJson a s,\
         mustToPrettyJson m s,toToml m s,mustToToml m s,fromYaml Y m,fromYamlArray Y l,fromJson J m,fromJsonArray J l,mustFromJson J a,\
         fromToml T m,toToml a s,fromYaml s m,fromJson s m",
    ),
    (
        "regexes",
        "regexMatch rs b,regexFind rs s,regexFindAll rsI l,regexReplaceAll rsR s,regexReplaceAllLiteral rsR s,regexSplit rsI l,\
         regexQuoteMeta s s,mustRegexMatch rs b,mustRegexFind rs s,mustRegexFindAll rsI l,mustRegexReplaceAll rsR s,\
         mustRegexReplaceAllLiteral rsR s,mustRegexSplit rsI l",
    ),
    ("semver", "semver v V,semverCompare cv b,semver s V,semverCompare cs b,semverCompare cv b"),
    (
        "dates",
        "date ht s,dateInZone htZ s,date_in_zone htZ s,dateModify Et t,mustDateModify Et t,date_modify Et t,toDate hH t,mustToDate hH t,\
         duration a s,duration s s,durationRound s s,durationRound E s,unixEpoch t s,htmlDate t s,htmlDateInZone tZ s",
    ),
    (
        "paths",
        "base p s,dir p s,clean p s,ext p s,isAbs p b,osBase p s,osClean p s,osDir p s,osExt p s,osIsAbs p b,urlParse u m,urlJoin U s,\
         urlParse s m",
    ),
    (
        "encoding",
        "b64enc s s,b64dec s s,b64dec x s,b32enc s s,b32dec s s,sha1sum s s,sha256sum s s,sha512sum s s,adler32sum s s,decryptAES sx s",
    ),
    ("helm", "include Nd s,include Nd s,tpl Wd s,tpl Wd s,lookup ssss m,required sa a,tpl sd s,include sd s"),
];

/// Returns all functions.
pub fn all() -> Vec<Function> {
    let mut functions = Vec::new();
    for (family, entries) in TABLE {
        for entry in entries.split(',') {
            let mut parts = entry.split_whitespace();
            let mut part = || parts.next().expect("a name, parameters and a result");
            let (name, parameters, result) = (part(), part(), part());
            let parameters = if parameters == "-" { "" } else { parameters };
            functions.push(Function { family, name, parameters, result: result.chars().next().unwrap_or('a') });
        }
    }
    functions
}

/// Returns the names of the families, in the order of the table.
pub fn families() -> Vec<&'static str> {
    TABLE.iter().map(|(family, _)| *family).collect()
}
