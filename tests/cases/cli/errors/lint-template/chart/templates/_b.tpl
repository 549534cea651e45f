{% if Values.a %}
